/** A disk in memory: bytes and names are volatile until they are synced, and calls can fail. */
import {
  bytesAfterPowerCut,
  powerModels,
  type Chance,
  type NamesLeft,
  type PowerModel,
} from './power-models.ts'

export type DiskCall =
  'create' | 'write' | 'sync' | 'sync-directory' | 'rename' | 'unlink' | 'truncate'

export interface DiskOperation {
  readonly call: DiskCall
  readonly path: string
  /** From 1, over the life of the disk. */
  readonly number: number
}

export type DiskFault =
  /** `writtenBytes` of a write get through; a sync loses what it should have kept. */
  | { readonly _tag: 'Fails'; readonly errno: string; readonly writtenBytes?: number }
  /** A sync that answers well and does nothing. */
  | { readonly _tag: 'Lies' }
  /** The power goes before the call has any effect. */
  | { readonly _tag: 'PowerCut' }

/** The kernel's refusal, with its sentence as LevelDB would hand it on. */
export class DiskError extends Error {
  override readonly name = 'DiskError'
  readonly code: string
  constructor(errno: string, operation: DiskOperation) {
    super(`${errno}: ${operation.call} of ${operation.path}`)
    this.code = errno
  }
}

/** Nothing runs any more; the owner of the disk decides what it leaves (`powerCut`). */
export class PowerLost extends Error {
  override readonly name = 'PowerLost'
}

/** An open file: it can be written after its name is gone. */
export class SimulatedFile {
  bytes: Buffer = Buffer.alloc(0)
  length = 0
  durable: Buffer = Buffer.alloc(0)
  /** Ranges that a failed sync marked clean: a later sync leaves zeros there (fsync(2), EIO). */
  readonly dropped: Array<readonly [from: number, to: number]> = []

  constructor(
    readonly path: string,
    readonly isDirectory = false,
  ) {}

  get visible(): Buffer {
    return this.bytes.subarray(0, this.length)
  }

  append(more: Uint8Array): void {
    const needed = this.length + more.length
    if (needed > this.bytes.length) {
      const grown = Buffer.alloc(Math.max(256, 2 * needed))
      this.visible.copy(grown)
      this.bytes = grown
    }
    this.bytes.set(more, this.length)
    this.length = needed
  }

  /** The old bytes stay what a power cut may bring back, so they are not written over. */
  replace(bytes: Uint8Array): void {
    this.bytes = Buffer.from(bytes)
    this.length = bytes.length
  }

  keep(): void {
    this.durable = this.dropped.length === 0 ? this.visible : this.#withoutDropped()
  }

  /** After a power cut, or damage to the medium: this is what there is. */
  settle(bytes: Uint8Array): void {
    this.replace(bytes)
    this.durable = this.visible
    this.dropped.length = 0
  }

  #withoutDropped(): Buffer {
    const bytes = Buffer.from(this.visible)
    for (const [from, to] of this.dropped) bytes.fill(0, from, to)
    return bytes
  }
}

type Names = ReadonlyMap<string, SimulatedFile>

const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

const isIn = (directory: string, path: string): boolean =>
  directory === ''
    ? !path.includes('/')
    : path.startsWith(directory) && path.lastIndexOf('/') === directory.length

/** Paths are relative to one root; a directory is a name like any other, without bytes. */
export class SimulatedDisk {
  readonly #fault: (operation: DiskOperation) => DiskFault | undefined
  #names = new Map<string, SimulatedFile>()
  #durableNames = new Map<string, SimulatedFile>()
  /** Names at the time of a sync of the file itself, since their directory was last synced. */
  readonly #ownNames = new Map<string, SimulatedFile>()
  #operations = 0
  #faulty = false

  constructor(fault: (operation: DiskOperation) => DiskFault | undefined = () => undefined) {
    this.#fault = fault
  }

  /** Calls so far: the number of the latest one. */
  get operations(): number {
    return this.#operations
  }

  /** Whether a fault hit since the last call of this: what memory knows may not be on the disk. */
  takeFaulty(): boolean {
    const was = this.#faulty
    this.#faulty = false
    return was
  }

  names(directory: string): ReadonlyArray<string> {
    const found = [...this.#names.keys()].filter((path) => isIn(directory, path))
    return found.map((path) => path.slice(directory === '' ? 0 : directory.length + 1)).sort()
  }

  /** All files with their visible bytes; directories are left out. */
  files(): ReadonlyMap<string, Buffer> {
    const entries = [...this.#names].filter(([, file]) => !file.isDirectory)
    return new Map(entries.map(([path, file]) => [path, file.visible]))
  }

  read(path: string): Buffer | undefined {
    return this.#names.get(path)?.visible
  }

  has(path: string): boolean {
    return this.#names.has(path)
  }

  create(path: string, isDirectory = false): SimulatedFile {
    this.#call('create', path)
    const file = new SimulatedFile(path, isDirectory)
    this.#names.set(path, file)
    return file
  }

  write(file: SimulatedFile, bytes: Uint8Array): void {
    const writtenBytes = (n: number): void => file.append(bytes.subarray(0, n))
    this.#call('write', file.path, (fault) => writtenBytes(fault.writtenBytes ?? 0))
    file.append(bytes)
  }

  sync(file: SimulatedFile): void {
    const lies = this.#call('sync', file.path, () => {
      file.dropped.push([file.durable.length, file.length])
    })
    if (lies) return
    file.keep()
    if (this.#names.get(file.path) === file) this.#ownNames.set(file.path, file)
  }

  syncDirectory(directory: string): void {
    if (this.#call('sync-directory', directory)) return
    for (const path of this.#durableNames.keys())
      if (isIn(directory, path) && !this.#names.has(path)) this.#durableNames.delete(path)
    for (const [path, file] of this.#names)
      if (isIn(directory, path)) this.#durableNames.set(path, file)
    for (const path of this.#ownNames.keys()) if (isIn(directory, path)) this.#ownNames.delete(path)
  }

  rename(from: string, to: string): void {
    this.#call('rename', from)
    const file = this.#names.get(from)
    if (file === undefined) throw new Error(`rename of ${from}, which is not there`)
    this.#names.delete(from)
    this.#names.set(to, file)
  }

  unlink(path: string): void {
    this.#call('unlink', path)
    this.#names.delete(path)
  }

  truncate(path: string, length: number): void {
    this.#call('truncate', path)
    const file = this.#names.get(path)
    if (file === undefined) throw new Error(`truncate of ${path}, which is not there`)
    file.replace(file.visible.subarray(0, length))
    this.sync(file)
  }

  /** Chooses what is left; open files of the past are no longer connected to any name. */
  powerCut(model: PowerModel, chance: Chance): void {
    const { bytes, names } = powerModels[model]
    const left = new Map<string, SimulatedFile>()
    for (const [path, old] of this.#namesLeft(names)) {
      const file = new SimulatedFile(path, old.isDirectory)
      const written = { durable: old.durable, visible: old.visible }
      file.settle(bytesAfterPowerCut(bytes, written, chance))
      left.set(path, file)
    }
    this.#restart(left)
  }

  /** Damage done to the medium behind everybody's back; `undefined`: the file is gone. */
  overwrite(path: string, bytes: Uint8Array | undefined): void {
    const file = new SimulatedFile(path)
    if (bytes === undefined) this.#names.delete(path)
    else {
      file.settle(bytes)
      this.#names.set(path, file)
    }
    this.#durableNames = new Map(this.#names)
  }

  #restart(left: Map<string, SimulatedFile>): void {
    const reachable = (path: string): boolean =>
      directoryOf(path) === '' || left.has(directoryOf(path))
    this.#names = new Map([...left].filter(([path]) => reachable(path)))
    this.#durableNames = new Map(this.#names)
    this.#ownNames.clear()
  }

  #namesLeft(left: NamesLeft): Names {
    if (left === 'all') return this.#names
    return left === 'directory-synced'
      ? this.#durableNames
      : new Map([...this.#durableNames, ...this.#ownNames])
  }

  /** Counts the call and lets its fault happen; answers whether a sync only pretends. */
  #call(
    call: DiskCall,
    path: string,
    partly: (fault: Extract<DiskFault, { _tag: 'Fails' }>) => void = () => undefined,
  ): boolean {
    this.#operations += 1
    const operation = { call, path, number: this.#operations }
    const fault = this.#fault(operation)
    if (fault === undefined) return false
    this.#faulty = true
    if (fault._tag === 'PowerCut') throw new PowerLost(`power cut at operation ${operation.number}`)
    if (fault._tag === 'Lies') return true
    partly(fault)
    throw new DiskError(fault.errno, operation)
  }
}
