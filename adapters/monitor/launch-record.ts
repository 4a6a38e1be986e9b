/** `launch.json`: the identities of a launch, kept so that a later daemon need not prove them. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { ProcessIdentity } from '../../domain/identity.ts'
import { errnoOf } from '../errors/errno.ts'

const LaunchRecord = t.readonly(
  t.partial({ init: ProcessIdentity, monitor: ProcessIdentity }),
  'LaunchRecord',
)
export type LaunchRecord = t.TypeOf<typeof LaunchRecord>

/** Atomic by rename; the run directory is volatile, so nothing is synced. */
export const writeLaunchRecord = (path: string, record: LaunchRecord): void => {
  writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Undefined where none is, or where it is damaged: then identities are proved anew (I1). */
export const readLaunchRecord = (path: string): LaunchRecord | undefined => {
  try {
    const decoded = LaunchRecord.decode(parse(readFileSync(path, 'utf8')))
    return E.isRight(decoded) ? decoded.right : undefined
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}
