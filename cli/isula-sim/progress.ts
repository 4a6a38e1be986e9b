/** How far a long command is: a bar on a terminal, a line per tenth elsewhere. */
import type { Output } from './output.ts'

export interface Progress {
  /** `said` is what stands behind the count. */
  readonly show: (done: number, said: string) => void
  /** A line of its own, above the bar. */
  readonly line: (text: string) => void
  readonly end: () => void
}

const width = 30
const clear = '\r\u001b[K'

const bar = (share: number): string => {
  const full = Math.round(share * width)
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}]`
}

const onTerminal = (of: number, { error }: Output): Progress => {
  let last = ''
  return {
    show: (done, said) => {
      last = `${bar(done / of)} ${done}/${of}  ${said}`
      error(clear + last)
    },
    line: (text) => error(`${clear}${text}\n${last}`),
    end: () => error(clear),
  }
}

const asLines = (of: number, { error }: Output): Progress => {
  let tenths = 0
  return {
    show: (done, said) => {
      const now = Math.floor((done / of) * 10)
      if (now === tenths) return
      tenths = now
      error(`${done}/${of}  ${said}\n`)
    },
    line: (text) => error(`${text}\n`),
    end: () => undefined,
  }
}

export const progressOf = (of: number, output: Output): Progress =>
  output.isTerminal ? onTerminal(of, output) : asLines(of, output)
