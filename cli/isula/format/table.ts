/** Columns padded to their widest cell. */

export type Row = ReadonlyArray<string>

const widthsOf = (rows: ReadonlyArray<Row>): ReadonlyArray<number> =>
  (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))

/** Padding and a TAB between cells; the last column is not padded. */
export const tabbedTable = (rows: ReadonlyArray<Row>): string => {
  const widths = widthsOf(rows)
  const line = (row: Row): string =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('\t')
  return rows.map((row) => `${line(row)}\n`).join('')
}

/** `texts` stand before, between and behind the cells: one more than there are columns. */
export const patternedTable = (rows: ReadonlyArray<Row>, texts: ReadonlyArray<string>): string => {
  const widths = widthsOf(rows)
  const line = (row: Row): string =>
    row.reduce((done, cell, column) => {
      const last = column === row.length - 1 && texts[column + 1] === ''
      return done + (last ? cell : cell.padEnd(widths[column] ?? 0)) + (texts[column + 1] ?? '')
    }, texts[0] ?? '')
  return rows.map((row) => `${line(row)}\n`).join('')
}
