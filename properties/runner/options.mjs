/** The command line of the test runner. */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

export const usage = `Usage: npm test -- [--only TEXT] [--jobs N] [--coverage] [--in DIR]

  --only TEXT   run only test files and ground steps whose path or name contains TEXT
  --jobs N      test files at a time (default: one per processor, at least 2)
  --coverage    collect coverage and write a report to coverage/
  --in DIR      run the test files of DIR alone: no build, no ground steps, no look at the host
`

const jobsOf = (text) => {
  const jobs = Number(text)
  if (!Number.isInteger(jobs) || jobs < 1) throw new Error(`--jobs ${text}: not a positive number`)
  return jobs
}

/** Throws for what it does not know: a misspelt option must not run something else. */
export const parseOptions = (args) => {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      jobs: { type: 'string', default: String(Math.max(2, availableParallelism())) },
      coverage: { type: 'boolean', default: false },
      in: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  return { ...values, jobs: jobsOf(values.jobs) }
}
