/** Wall times for people. */

/** A time that the journal holds may be any number: what is no date is shown as the number. */
export const timeText = (wallMs: number): string => {
  const date = new Date(wallMs)
  return Number.isNaN(date.getTime()) ? `${wallMs} ms` : date.toISOString()
}
