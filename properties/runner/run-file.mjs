/** Runs one test file in a process of its own and answers what its tests came to. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runChild } from './child.mjs'

/** Tests report as they end, so that those before a crash still count. */
const readReport = async (path) => {
  if (!existsSync(path)) return []
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line))
}

const howItEnded = ({ code, signal, late }, deadlineMs) => {
  if (late) return `no end after ${deadlineMs / 1000} s`
  return signal === null ? `ended with code ${code}` : `ended by ${signal}`
}

/** What the file itself did wrong, beyond its failed tests. */
const fileFault = (records, ended, deadlineMs) => {
  if (ended.late) return howItEnded(ended, deadlineMs)
  if (ended.code !== 0 && !records.some(({ status }) => status === 'failed')) {
    return `${howItEnded(ended, deadlineMs)}, though no test failed`
  }
  return records.length === 0 ? 'reports no test: does it end with run()?' : undefined
}

/** Answers `{ path, ms, output, records: [{ name, status, reason? }] }`. */
export const runFile = async ({ root, file, reports, env }) => {
  const report = join(reports, `${file.path.replaceAll('/', '+')}.jsonl`)
  const ended = await runChild({
    program: process.execPath,
    args: ['--import', 'tsx', file.path],
    cwd: root,
    env: { ...process.env, ...env, TEST_REPORT: report, FORCE_COLOR: '0' },
    deadlineMs: file.deadlineMs,
  })
  const records = await readReport(report)
  const fault = fileFault(records, ended, file.deadlineMs)
  const own = fault === undefined ? [] : [{ name: `${file.path}: ${fault}`, status: 'failed' }]
  return { path: file.path, ms: ended.ms, output: ended.output, records: [...records, ...own] }
}
