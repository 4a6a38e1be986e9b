/** The file on the host that an export is written to. */
import { lstatSync, type Stats } from 'node:fs'
import { notApplied, type EffectError } from '../../domain/ports/answer.ts'
import type { CopyId } from '../../domain/identity.ts'
import { failureOf } from './copy-failure.ts'

/** In the same directory: it becomes the file by a rename. */
export const partialFile = (file: string, copy: CopyId): string => `${file}.${copy}.partial`

const statAt = (file: string): Stats | undefined => lstatSync(file, { throwIfNoEntry: false })

/** Only a plain file gives way: what a link points to, a device or a directory stays. */
export const checkExportTarget = (file: string): EffectError | undefined => {
  try {
    const stat = statAt(file)
    if (stat === undefined || stat.isFile()) return undefined
    return stat.isDirectory()
      ? notApplied('EISDIR', `${file} is a directory`)
      : notApplied('EEXIST', `${file} is there and no plain file`)
  } catch (error) {
    const { errno, detail } = failureOf(error)
    return notApplied(errno, detail)
  }
}
