/** Counts outcomes and tells them: a line per file, then skips, failures and the sum. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const withStatus = (records, status) => records.filter((record) => record.status === status)

const counts = (records) => {
  const passed = withStatus(records, 'passed').length
  const failed = withStatus(records, 'failed').length
  const skipped = withStatus(records, 'skipped').length
  return { passed, failed, skipped }
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`.padStart(8)

/** Says at once how a file went. */
export const tellFile = ({ path, ms, records }) => {
  const { passed, failed, skipped } = counts(records)
  const sums = [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ]
  console.log(`${failed > 0 ? 'FAIL' : 'ok  '} ${seconds(ms)}  ${path}: ${sums.join(', ')}`)
}

const tellFailures = (outcomes) => {
  for (const { path, output, records } of outcomes) {
    const failed = withStatus(records, 'failed')
    if (failed.length === 0) continue
    console.log(`\n──── ${path}`)
    for (const { name, reason } of failed) {
      console.log(`FAILED ${name}${reason === undefined ? '' : ` (${reason})`}`)
    }
    console.log(output.trimEnd())
  }
}

const tellSkips = (records) => {
  const skipped = withStatus(records, 'skipped')
  if (skipped.length > 0) console.log('')
  for (const { name, reason } of skipped) console.log(`SKIPPED ${name}: ${reason ?? 'no reason'}`)
}

const writePassed = (folder, records) => {
  mkdirSync(folder, { recursive: true })
  const names = withStatus(records, 'passed').map(({ name }) => name)
  writeFileSync(join(folder, 'passed.txt'), names.map((name) => `${name}\n`).join(''))
}

/** The last line is `N passed, N failed, N skipped`; answers whether nothing failed. */
export const tellSum = (outcomes, results) => {
  const records = outcomes.flatMap((outcome) => outcome.records)
  const { passed, failed, skipped } = counts(records)
  writePassed(results, records)
  tellSkips(records)
  tellFailures(outcomes)
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`)
  return failed === 0
}
