/** Times of the wire in the local zone. */
import type { Timestamp } from '../../../adapters/rpc/wire/timestamp.ts'

const two = (n: number): string => String(n).padStart(2, '0')

const day = (d: Date): string => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`
const clock = (d: Date): string =>
  `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`

const zone = (d: Date): string => {
  const minutes = -d.getTimezoneOffset()
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

const dateOf = (time: Timestamp): Date => new Date(time.seconds * 1000)

/** `2019-08-28T16:23:09.338838795+08:00` */
export const localNanoTime = (time: Timestamp): string => {
  const d = dateOf(time)
  return `${day(d)}T${clock(d)}.${String(time.nanos).padStart(9, '0')}${zone(d)}`
}

/** `2023-11-14 22:13:20` */
export const localSeconds = (time: Timestamp): string => {
  const d = dateOf(time)
  return `${day(d)} ${clock(d)}`
}
