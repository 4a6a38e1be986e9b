/** uvu suites that report each test's name and outcome, know requirements, and have deadlines. */
import { appendFileSync } from 'node:fs'
import { suite as uvuSuite } from 'uvu'
import { missingRequirement, type Requirement } from './requirements.ts'

type Body = () => unknown

export interface Suite {
  (name: string, body: Body, deadlineMs?: number): void
  /** Counts as skipped, with the reason, where a requirement is missing. */
  needs: (requirements: ReadonlyArray<Requirement>, name: string, body: Body, ms?: number) => void
  before: (body: Body) => void
  after: (body: Body) => void
  beforeEach: (body: Body) => void
  afterEach: (body: Body) => void
  run: () => void
}

const report = (name: string, status: 'passed' | 'failed' | 'skipped', reason?: string): void => {
  const file = process.env['TEST_REPORT']
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ name, status, reason })}\n`)
  else if (status === 'skipped') console.log(`SKIP ${name}: ${reason ?? ''}`)
}

/** The nightly run, with its large numbers, allows more. */
const usualDeadlineMs = Number(process.env['TEST_DEADLINE_MS'] ?? 60_000)

const withDeadline = async (body: Body, deadlineMs: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no result after ${deadlineMs} ms`)), deadlineMs)
  })
  try {
    await Promise.race([Promise.resolve().then(body), late])
  } finally {
    clearTimeout(timer)
  }
}

/** `title` says what is under test; test names are sentences and may cite requirement ids. */
export const suite = (title: string): Suite => {
  const inner = uvuSuite(title)
  const add = (name: string, body: Body, deadlineMs = usualDeadlineMs): void => {
    const full = `${title}: ${name}`
    if (!full.includes(process.env['TEST_ONLY'] ?? '')) return
    inner(name, async () => {
      try {
        await withDeadline(body, deadlineMs)
      } catch (error) {
        report(full, 'failed')
        throw error
      }
      report(full, 'passed')
    })
  }
  return Object.assign(add, {
    needs: (requirements: ReadonlyArray<Requirement>, name: string, body: Body, ms?: number) => {
      const reason = requirements.map(missingRequirement).find((r) => r !== undefined)
      if (reason === undefined) return add(name, body, ms)
      report(`${title}: ${name}`, 'skipped', reason)
      inner.skip(name, () => undefined)
    },
    before: (body: Body) => void inner.before(async () => void (await body())),
    after: (body: Body) => void inner.after(async () => void (await body())),
    beforeEach: (body: Body) => void inner.before.each(async () => void (await body())),
    afterEach: (body: Body) => void inner.after.each(async () => void (await body())),
    run: () => void inner.run(),
  })
}
