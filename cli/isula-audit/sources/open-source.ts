/** Finds the journal that the command line means: a daemon, a directory, or an exported file. */
import { statSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { directoryJournal } from '../../../journal/time-travel/directory-journal.ts'
import { sliceJournal } from '../../../journal/time-travel/slice-journal.ts'
import { daemonJournal } from './daemon-journal.ts'
import type { OpenedSource } from './opened-source.ts'

export interface SourceWish {
  /** A directory or a file; wins over `socket`. */
  readonly path: string | undefined
  readonly socket: string | undefined
}

const defaultSocket = 'unix:///var/run/isulad.sock'

const nothingToClose = (): void => undefined

const fromDirectory = async (path: string): Promise<Either<string, OpenedSource>> => {
  const journal = await directoryJournal(path)
  return journal === undefined
    ? E.left(`${path}: there is no journal here`)
    : E.right({
        journal,
        root: journal.root,
        daemon: undefined,
        stateHash: undefined,
        close: nothingToClose,
      })
}

const fromFile = async (path: string): Promise<Either<string, OpenedSource>> => {
  const journal = await sliceJournal(path)
  return journal === undefined
    ? E.left(`${path}: this is no exported journal`)
    : E.right({
        journal,
        root: undefined,
        daemon: undefined,
        stateHash: journal.stateHash,
        close: nothingToClose,
      })
}

/** Left: there is none. Rejects with the kernel's error where it cannot be read. */
export const openSource = async ({
  path,
  socket,
}: SourceWish): Promise<Either<string, OpenedSource>> => {
  if (path === undefined)
    return daemonJournal(socket ?? process.env['ISULAD_HOST'] ?? defaultSocket)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return E.left(`${path}: no such file or directory`)
  return found.isDirectory() ? fromDirectory(path) : fromFile(path)
}
