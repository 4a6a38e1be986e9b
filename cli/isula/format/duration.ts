/** How long ago something was, in words. */

const neverTime = '0001-01-01T00:00:00Z'

const minuteSeconds = 60
const hourSeconds = 60 * minuteSeconds
const daySeconds = 24 * hourSeconds

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`

export const durationText = (seconds: number): string => {
  if (seconds < 1) return 'Less than a second'
  if (seconds < minuteSeconds) return plural(Math.floor(seconds), 'second')
  if (seconds < 2 * minuteSeconds) return 'About a minute'
  if (seconds < hourSeconds) return plural(Math.floor(seconds / minuteSeconds), 'minute')
  const hours = Math.floor(seconds / hourSeconds)
  if (hours < 2) return 'About an hour'
  if (hours < 48) return plural(hours, 'hour')
  const days = Math.floor(seconds / daySeconds)
  if (days < 14) return plural(days, 'day')
  if (days < 60) return plural(Math.floor(days / 7), 'week')
  if (days < 730) return plural(Math.floor(days / 30), 'month')
  return plural(Math.floor(days / 365), 'year')
}

/** Whole seconds since a time as the daemon writes it; undefined where it never came. */
export const secondsSince = (time: string, nowMs: number): number | undefined => {
  const ms = Date.parse(time)
  return time === neverTime || time.startsWith('0001-') || Number.isNaN(ms)
    ? undefined
    : Math.max(0, Math.floor((nowMs - ms) / 1000))
}

export const agoText = (time: string, nowMs: number): string => {
  const seconds = secondsSince(time, nowMs)
  return seconds === undefined ? '-' : `${durationText(seconds)} ago`
}
