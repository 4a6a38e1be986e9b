/** Skips that are agreed on: where everything is installed, any other skip is a failure. */
import { existsSync, readFileSync } from 'node:fs'

/** Reads the table `| test name | reason |`; a rule below its header ends the header. */
export const listedSkips = (path) => {
  if (!existsSync(path)) return new Set()
  const rows = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|')[1].trim())
  const rule = rows.findIndex((cell) => /^:?-+:?$/.test(cell))
  return new Set(rows.slice(rule + 1))
}

/** In CI an unlisted skip becomes a failure that says so. */
export const judgeSkips = (records, listed, isStrict) =>
  records.map((record) =>
    record.status === 'skipped' && isStrict && !listed.has(record.name)
      ? { ...record, status: 'failed', reason: `skipped but not listed: ${record.reason}` }
      : record,
  )
