/** Texts in columns, two blanks apart. */

export type Row = ReadonlyArray<string>

/** The last column is not padded. */
export const table = (rows: ReadonlyArray<Row>): string => {
  const widths = rows.reduce<ReadonlyArray<number>>(
    (known, row) => row.map((cell, i) => Math.max(cell.length, known[i] ?? 0)),
    [],
  )
  const line = (row: Row): string =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ')
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('')
}

export const section = (title: string, lines: ReadonlyArray<string>): string =>
  lines.length === 0 ? '' : `\n${title}\n${lines.map((l) => `  ${l}\n`).join('')}`

/** `container:1a2b…64 digits` becomes `container:1a2b3c4d5e6f`. */
export const shortStream = (stream: string): string =>
  stream.replace(/[0-9a-f]{64}/, (id) => id.slice(0, 12))

/** Control characters of a journal's texts must not reach the terminal. */
export const printable = (text: string): string =>
  [...text]
    .map((c) => (c === '\n' || (c >= ' ' && !(c >= '\u007f' && c <= '\u009f')) ? c : '\ufffd'))
    .join('')
