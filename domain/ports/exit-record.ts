/** How a process ended, as far as anybody can know (I6: unknown is a value). */
import * as t from 'io-ts'
import { Integer } from '../integer.ts'

/** `wallMs` is when the supervisor wrote it down. Codes: 0-255, 128+signal when killed. */
export const KnownExit = t.strict(
  { _tag: t.literal('KnownExit'), code: Integer, wallMs: t.number },
  'KnownExit',
)
export type KnownExit = t.TypeOf<typeof KnownExit>

/** It ended somewhere between the last moment it was seen alive and the first it was seen dead. */
export const UnknownExit = t.strict(
  {
    _tag: t.literal('UnknownExit'),
    lastAliveWallMs: t.number,
    firstDeadWallMs: t.number,
    reason: t.string,
  },
  'UnknownExit',
)
export type UnknownExit = t.TypeOf<typeof UnknownExit>

export const Exit = t.union([KnownExit, UnknownExit], 'Exit')
export type Exit = t.TypeOf<typeof Exit>

export const knownExit = (code: number, wallMs: number): KnownExit => ({
  _tag: 'KnownExit',
  code,
  wallMs,
})

/** What compatible outputs show: peers print 255 for an unknown exit (spec 96, C.6). */
export const shownExitCode = (exit: Exit): number => (exit._tag === 'KnownExit' ? exit.code : 255)

export const exitWallMs = (exit: Exit): number =>
  exit._tag === 'KnownExit' ? exit.wallMs : exit.firstDeadWallMs
