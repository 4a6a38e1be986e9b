/** How long a daemon's journal is, and what state it leads to: whether something has changed. */
import { readFileSync, rmSync } from 'node:fs'
import { executables, type TestDaemon } from './daemon.ts'
import { run } from './run.ts'

let exported = 0

/** `12 records, state 03f1…`: what the auditor's export of the living daemon ends with. */
export const journalState = async (daemon: TestDaemon): Promise<string> => {
  const file = `${daemon.directory}/exported-${(exported += 1)}`
  const ran = await run(executables.audit, ['export', '-H', `unix://${daemon.socket}`, file])
  if (ran.code !== 0) throw new Error(ran.stderr)
  const last = readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? ''
  rmSync(file)
  const [, records] = /"records":(\d+)/.exec(last) ?? []
  const [, state] = /"stateHash":"([0-9a-f]+)"/.exec(last) ?? []
  if (records === undefined || state === undefined) throw new Error(`no summary: ${last}`)
  return `${records} records, state ${state}`
}
