/** Signals 1 to 64 by name and number, in every spelling that users give (signal(7)). */

/** Index is the number; 0 is no signal. */
const names: ReadonlyArray<string> = [
  '',
  'HUP',
  'INT',
  'QUIT',
  'ILL',
  'TRAP',
  'ABRT',
  'BUS',
  'FPE',
  'KILL',
  'USR1',
  'SEGV',
  'USR2',
  'PIPE',
  'ALRM',
  'TERM',
  'STKFLT',
  'CHLD',
  'CONT',
  'STOP',
  'TSTP',
  'TTIN',
  'TTOU',
  'URG',
  'XCPU',
  'XFSZ',
  'VTALRM',
  'PROF',
  'WINCH',
  'IO',
  'PWR',
  'SYS',
]

const aliases: Readonly<Record<string, number>> = { IOT: 6, CLD: 17, POLL: 29, UNUSED: 31 }

/** The C library keeps 32 and 33 for itself. */
const realTimeMin = 34
const realTimeMax = 64

const realTime = (name: string): number | undefined => {
  const match = /^RTM(IN|AX)(?:([+-])(\d{1,2}))?$/.exec(name)
  if (match === null) return undefined
  const offset = Number(match[3] ?? '0')
  const forward = match[1] === 'IN'
  if (match[2] !== undefined && (match[2] === '+') !== forward) return undefined
  const number = forward ? realTimeMin + offset : realTimeMax - offset
  return number >= realTimeMin && number <= realTimeMax ? number : undefined
}

/** `TERM`, `SIGTERM`, `sigterm`, `15`, `SIGRTMIN+3`; undefined: no such signal (CLI-KILL-01). */
export const signalNumber = (text: string): number | undefined => {
  if (/^\d{1,3}$/.test(text)) {
    const number = Number(text)
    return number >= 1 && number <= realTimeMax ? number : undefined
  }
  const name = text.toUpperCase().replace(/^SIG/, '')
  if (name === '') return undefined
  const index = names.indexOf(name)
  return index > 0 ? index : Object.hasOwn(aliases, name) ? aliases[name] : realTime(name)
}

/** `SIGTERM` of 15; real-time signals have only their number, which every runtime understands. */
export const signalName = (number: number): string => {
  const name = number > 0 ? names[number] : undefined
  return name === undefined ? String(number) : `SIG${name}`
}
