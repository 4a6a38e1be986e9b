/** The machine's own file system as a directory: programs of this host and what they load. */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { programPath } from '../../testing/requirements.ts'
import { succeed } from './programs.ts'

/** As Debian has it since all programs live below /usr. */
const merged = ['bin', 'sbin', 'lib', 'lib64']
const mountPoints = ['dev', 'proc', 'sys', 'run', 'tmp', 'isulad', 'var/lib', 'root', 'etc', 'opt']

/** Programs beyond busybox's: with the libraries that they load. */
export const guestPrograms = ['node', 'crun', 'runc', 'conmon', 'strace']
/** What the project's tests call, in the form that they expect. */
export const testPrograms = ['unshare', 'mount', 'umount', 'nsenter', 'sh', 'bash', 'ps', 'git']

const libraryLine = /^\s*(?:\S+ => )?(\/\S+) \(0x/

const librariesOf = (program: string): ReadonlyArray<string> =>
  succeed('ldd', [program])
    .split('\n')
    .map((line) => libraryLine.exec(line)?.[1])
    .filter((path) => path !== undefined)

export class RootTree {
  readonly directory: string

  constructor(directory: string) {
    this.directory = directory
    for (const name of [...merged.map((m) => `usr/${m}`), ...mountPoints])
      mkdirSync(join(directory, name), { recursive: true })
    for (const name of merged) symlinkSync(`usr/${name}`, join(directory, name))
  }

  path(guestPath: string): string {
    return join(this.directory, guestPath)
  }

  /** A file of this host at the same place; `to` another one. Links are followed. */
  copy(hostPath: string, to = hostPath): void {
    const target = this.path(to)
    if (existsSync(target)) return
    mkdirSync(dirname(target), { recursive: true })
    copyFileSync(realpathSync(hostPath), target)
  }

  copyTree(hostPath: string, to: string): void {
    cpSync(hostPath, this.path(to), { recursive: true, verbatimSymlinks: true })
  }

  write(guestPath: string, text: string, mode = 0o644): void {
    const target = this.path(guestPath)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, text)
    chmodSync(target, mode)
  }

  /** A program of this host's PATH with its libraries; throws where there is none. */
  addProgram(name: string): void {
    const path = programPath(name)
    if (path === undefined) throw new Error(`this host has no ${name}`)
    // Under each of its names: some systems link /usr/bin/runc to /usr/sbin/runc.
    for (const folder of ['/usr/bin', '/usr/sbin'])
      if (existsSync(`${folder}/${name}`)) this.copy(`${folder}/${name}`)
    this.copy(path)
    if (isStatic(path)) return
    for (const library of librariesOf(path)) this.copy(library)
  }

  /** Busybox under all its names, except where a program is there already. */
  addBusybox(): void {
    const path = programPath('busybox')
    if (path === undefined) throw new Error('this host has no busybox')
    this.copy(path, '/usr/bin/busybox')
    for (const name of succeed(path, ['--list']).split('\n').filter(Boolean)) {
      const isThere = ['usr/bin', 'usr/sbin'].some((d) => existsSync(this.path(`${d}/${name}`)))
      if (!isThere) symlinkSync('/usr/bin/busybox', this.path(`usr/bin/${name}`))
    }
  }
}

const isStatic = (path: string): boolean => {
  const head = succeed('head', ['-c', '4096', path])
  return !/\/ld-(linux|musl)/.test(head)
}
