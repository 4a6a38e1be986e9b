/** An abstract file system that knows of every byte and name whether a crash may take it. */
import type { FileOperation } from './operation.ts'

/** A write (or, without bytes, a new length) that no sync covers yet. */
export interface PendingBytes {
  readonly order: number
  readonly offset: number
  readonly bytes: Buffer | undefined
}

export interface FileNode {
  readonly _tag: 'file'
  readonly number: number
  /** What a sync has covered. */
  durable: Buffer
  /** What a reader sees. */
  volatile: Buffer
  pending: ReadonlyArray<PendingBytes>
}

export interface DirectoryNode {
  readonly _tag: 'directory'
  readonly number: number
  /** What a reader sees. */
  readonly volatile: Map<string, Node>
  /** Names that a sync of this directory has covered. */
  readonly synced: Map<string, Node>
  /** The same, where the sync of a file covers the name that it has then, too. */
  readonly own: Map<string, Node>
}

export type Node = FileNode | DirectoryNode

/** One change of one directory; undefined takes the name away. */
export interface PendingName {
  readonly order: number
  readonly directory: DirectoryNode
  readonly name: string
  readonly node: Node | undefined
}

export class UnknownPath extends Error {
  override readonly name = 'UnknownPath'
  constructor(path: string) {
    super(`no such file in the abstract file system: ${JSON.stringify(path)}`)
  }
}

const setName = (names: Map<string, Node>, { name, node }: PendingName): void => {
  if (node === undefined) names.delete(name)
  else names.set(name, node)
}

/** The content after one write or truncation; a gap reads as zeros. */
export const withBytes = (content: Buffer, { offset, bytes }: PendingBytes): Buffer => {
  if (bytes === undefined) {
    const cut = content.subarray(0, offset)
    return offset <= content.length ? cut : Buffer.concat([cut, Buffer.alloc(offset - cut.length)])
  }
  const gap = Buffer.alloc(Math.max(0, offset - content.length))
  const behind = content.subarray(offset + bytes.length)
  return Buffer.concat([content.subarray(0, offset), gap, bytes, behind])
}

/** Mutable on purpose: one walk over one list of operations. */
export class CrashFileSystem {
  #numbers = 0
  #order = 0
  readonly root: DirectoryNode = this.#directory()
  /** Oldest first. */
  pendingNames: ReadonlyArray<PendingName> = []
  readonly #syncs = new Map<number, { readonly node: Node; readonly order: number }>()

  /** Throws `UnknownPath` where an operation does not fit what came before. */
  apply(operation: FileOperation): void {
    switch (operation._tag) {
      case 'create':
        if (this.find(operation.path) === undefined) this.#link(operation.path, this.#file())
        return
      case 'mkdir':
        return this.#link(operation.path, this.#directory())
      case 'write':
        return this.#change(operation.path, operation.offset, operation.bytes)
      case 'truncate':
        return this.#change(operation.path, operation.sizeBytes, undefined)
      case 'rename': {
        const node = this.#get(operation.from)
        this.#link(operation.to, node)
        return this.#link(operation.from, undefined)
      }
      case 'unlink':
        return this.#link(operation.path, undefined)
      case 'sync-begun': {
        const node = this.#get(operation.path)
        this.#syncs.set(operation.ticket, { node, order: this.#order })
        return
      }
      case 'synced':
        return this.#synced(operation.ticket)
    }
  }

  /** Everything so far has long been written back. */
  settle(): void {
    for (const { directory, ...change } of this.pendingNames) {
      setName(directory.synced, { directory, ...change })
      setName(directory.own, { directory, ...change })
    }
    this.pendingNames = []
    for (const node of this.files()) {
      node.durable = node.volatile
      node.pending = []
    }
  }

  find(path: string): Node | undefined {
    let node: Node | undefined = this.root
    for (const name of path === '' ? [] : path.split('/'))
      node = node?._tag === 'directory' ? node.volatile.get(name) : undefined
    return node
  }

  /** Every file that some name leads to, volatile or durable. */
  files(): ReadonlyArray<FileNode> {
    const found = new Map<number, FileNode>()
    const seen = new Set<number>()
    const visit = (directory: DirectoryNode): void => {
      if (seen.has(directory.number)) return
      seen.add(directory.number)
      for (const names of [directory.volatile, directory.synced, directory.own])
        for (const node of names.values())
          if (node._tag === 'file') found.set(node.number, node)
          else visit(node)
    }
    visit(this.root)
    return [...found.values()]
  }

  #file(): FileNode {
    const none = Buffer.alloc(0)
    return { _tag: 'file', number: this.#next(), durable: none, volatile: none, pending: [] }
  }

  #directory(): DirectoryNode {
    const names = (): Map<string, Node> => new Map<string, Node>()
    const number = this.#next()
    return { _tag: 'directory', number, volatile: names(), synced: names(), own: names() }
  }

  #next(): number {
    this.#numbers += 1
    return this.#numbers
  }

  #get(path: string): Node {
    const node = this.find(path)
    if (node === undefined) throw new UnknownPath(path)
    return node
  }

  #link(path: string, node: Node | undefined): void {
    const slash = path.lastIndexOf('/')
    const directory = this.#get(path.slice(0, Math.max(0, slash)))
    const name = path.slice(slash + 1)
    if (directory._tag !== 'directory') throw new UnknownPath(path)
    if (node === undefined && !directory.volatile.has(name)) throw new UnknownPath(path)
    this.#order += 1
    const change = { order: this.#order, directory, name, node }
    setName(directory.volatile, change)
    this.pendingNames = [...this.pendingNames, change]
  }

  #change(path: string, offset: number, bytes: Buffer | undefined): void {
    const node = this.#get(path)
    if (node._tag !== 'file') throw new UnknownPath(path)
    this.#order += 1
    const change = { order: this.#order, offset, bytes }
    node.volatile = withBytes(node.volatile, change)
    node.pending = [...node.pending, change]
  }

  #synced(ticket: number): void {
    const sync = this.#syncs.get(ticket)
    if (sync === undefined) throw new UnknownPath(`sync #${ticket}`)
    this.#syncs.delete(ticket)
    if (sync.node._tag === 'directory') this.#syncNames(sync.node, sync.order)
    else this.#syncBytes(sync.node, sync.order)
  }

  #syncNames(directory: DirectoryNode, order: number): void {
    const covered = (p: PendingName): boolean => p.directory === directory && p.order <= order
    for (const change of this.pendingNames.filter(covered)) {
      setName(directory.synced, change)
      setName(directory.own, change)
    }
    this.pendingNames = this.pendingNames.filter((p) => !covered(p))
  }

  #syncBytes(file: FileNode, order: number): void {
    for (const change of file.pending)
      if (change.order <= order) file.durable = withBytes(file.durable, change)
    file.pending = file.pending.filter((p) => p.order > order)
    for (const { directory, name, node, order: at } of this.pendingNames)
      if (node === file && at <= order && directory.volatile.get(name) === file)
        directory.own.set(name, file)
  }
}
