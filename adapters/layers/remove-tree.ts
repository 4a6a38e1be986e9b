/** Removes a tree however deep it is, without following a link or crossing a mount. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs'
import { SystemError } from '../errors/system-error.ts'

/** Deeper directories are first moved up, so that neither descriptors nor paths run out. */
const maxDepth = 64
const directory = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW

/** Paths through an open descriptor stay short and cannot be redirected by a link. */
const within = (fd: number, name: Buffer | string): Buffer =>
  Buffer.concat([Buffer.from(`/proc/self/fd/${fd}/`), Buffer.from(name)])

class Removal {
  readonly #root: number
  readonly #device: number
  #moved = 0

  constructor(root: number) {
    this.#root = root
    this.#device = fstatSync(root).dev
  }

  run(): void {
    // A pass leaves what it moved up; each one takes away `maxDepth` levels.
    do this.#moved = 0
    while (this.#empty(this.#root, 0) && this.#moved > 0)
  }

  #empty(fd: number, depth: number): boolean {
    const entries = readdirSync(`/proc/self/fd/${fd}`, { encoding: 'buffer', withFileTypes: true })
    for (const entry of entries) {
      const name = Buffer.from(entry.name)
      const at = within(fd, name)
      if (!entry.isDirectory()) unlinkSync(at)
      else if (depth >= maxDepth) this.#moveUp(at)
      else this.#removeDirectory(at, depth)
    }
    return true
  }

  #removeDirectory(at: Buffer, depth: number): void {
    const fd = openSync(at, directory)
    try {
      if (fstatSync(fd).dev !== this.#device)
        throw new SystemError('EBUSY', 'something is mounted inside of the tree')
      this.#empty(fd, depth + 1)
    } finally {
      closeSync(fd)
    }
    rmdirSync(at)
  }

  #moveUp(at: Buffer): void {
    for (;;) {
      const to = within(this.#root, `.moved-up-${this.#moved}`)
      this.#moved += 1
      if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) continue
      renameSync(at, to)
      return
    }
  }
}

/** Absent is fine. Throws Node's errors; `EBUSY` where something is mounted below. Blocks. */
export const removeTree = (path: string): void => {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return
  if (!stat.isDirectory()) return unlinkSync(path)
  const root = openSync(path, directory)
  try {
    new Removal(root).run()
  } finally {
    closeSync(root)
  }
  rmdirSync(path)
}
