/** Takes away the FIFOs of a client that was killed; a live client removes its own. */
import { closeSync, constants, lstatSync, openSync, rmdirSync, unlinkSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { FifoPaths } from './fifo.ts'

const hasCode = (error: unknown, ...codes: ReadonlyArray<string>): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))

/** A client reads its outputs until it goes: without a reader the open fails (fifo(7)). */
const hasReader = (path: string): boolean => {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW))
    return true
  } catch (error) {
    if (hasCode(error, 'ENXIO', 'ENOENT')) return false
    throw error
  }
}

const removeFifo = (path: string): void => {
  try {
    if (lstatSync(path).isFIFO()) unlinkSync(path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

const removeIfEmpty = (folder: string): void => {
  try {
    rmdirSync(folder)
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error
  }
}

/** `…/isula/<container id>/<session>`: the only folders that are a client's own. */
const isSessionFolder = (folder: string): boolean =>
  /^[0-9a-f]{64}$/.test(basename(dirname(folder))) && basename(dirname(dirname(folder))) === 'isula'

/** Only FIFOs and empty session folders; throws on an errno that is not expected. */
export const removeAbandoned = ({ stdin, stdout, stderr }: FifoPaths): void => {
  const outputs = [stdout, stderr].filter((path) => path !== undefined)
  const first = outputs[0]
  if (first === undefined || !isSessionFolder(dirname(first)) || outputs.some(hasReader)) return
  for (const path of [stdin, ...outputs]) if (path !== undefined) removeFifo(path)
  removeIfEmpty(dirname(first))
  removeIfEmpty(dirname(dirname(first)))
}
