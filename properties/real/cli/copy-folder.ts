/** Files on this side of a copy, in a folder of the test file. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'

export interface CopyFolder {
  readonly path: string
  /** Makes a file and answers its path. */
  readonly file: (name: string, content: string | Buffer, mode?: number) => string
  readonly directory: (name: string) => string
}

export const copyFolder = (): CopyFolder => {
  const path = mkdtempSync(`${tmpdir()}/isula-cp-`)
  process.on('exit', () => rmSync(path, { recursive: true, force: true }))
  return {
    path,
    file: (name, content, mode = 0o644) => {
      writeFileSync(`${path}/${name}`, content, { mode })
      return `${path}/${name}`
    },
    directory: (name) => {
      mkdirSync(`${path}/${name}`, { recursive: true })
      return `${path}/${name}`
    },
  }
}

export const digest = (path: string): string =>
  createHash('sha256').update(readFileSync(path)).digest('hex')
