/** Times as upstream writes them: RFC 3339 with nanoseconds. */

/** What a time is that has not come yet. */
export const never = '0001-01-01T00:00:00Z'

const nanosText = (wallMs: number): string =>
  String(Math.floor((wallMs - Math.floor(wallMs / 1000) * 1000) * 1e6)).padStart(9, '0')

const seconds = (shiftedMs: number): string => new Date(shiftedMs).toISOString().slice(0, 19)

/** `2026-11-21T00:52:12.996818444+00:00`. `wallMs`: ms since the epoch. */
export const utcText = (wallMs: number): string => `${seconds(wallMs)}.${nanosText(wallMs)}+00:00`

const offsetText = (minutes: number): string => {
  const total = Math.abs(minutes)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(total / 60))}:${two(total % 60)}`
}

/** With the local zone's offset (CLI-INSPECT-05). */
export const localText = (wallMs: number): string => {
  const eastMinutes = -new Date(wallMs).getTimezoneOffset()
  return `${seconds(wallMs + eastMinutes * 60_000)}.${nanosText(wallMs)}${offsetText(eastMinutes)}`
}

export interface Timestamp {
  readonly seconds: number
  readonly nanos: number
}

export const timestampOf = (wallMs: number): Timestamp => ({
  seconds: Math.floor(wallMs / 1000),
  nanos: Math.floor((wallMs - Math.floor(wallMs / 1000) * 1000) * 1e6),
})

/** ms since the epoch. */
export const msOfTimestamp = (time: Timestamp): number => time.seconds * 1000 + time.nanos / 1e6
