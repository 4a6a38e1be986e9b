/** Reads what `strace -f -y -xx` wrote: file operations below one folder, and what was said. */
import type { FileOperation } from '../../journal/crash-states/operation.ts'

/** `path` of an operation is relative to the traced folder. */
export type TraceItem =
  | { readonly _tag: 'did'; readonly operation: FileOperation }
  /** A line that the program wrote to its voice, when it began to write it. */
  | { readonly _tag: 'said'; readonly line: string }

/** Calls that change files or tell of it; every other call is none of a crash's business. */
export const tracedCalls: ReadonlyArray<string> = [
  ...['openat', 'open', 'creat', 'write', 'pwrite64', 'writev', 'pwritev', 'pwritev2'],
  ...['fsync', 'fdatasync', 'sync_file_range', 'sync', 'syncfs', 'msync'],
  ...['rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'rmdir', 'mkdir', 'mkdirat'],
  ...['truncate', 'ftruncate', 'fallocate', 'link', 'linkat', 'symlink', 'symlinkat'],
  ...['copy_file_range', 'sendfile'],
]

export class UnreadableTrace extends Error {
  override readonly name = 'UnreadableTrace'
}

interface Call {
  readonly name: string
  readonly args: ReadonlyArray<string>
  /** What it returned; undefined where it failed. */
  readonly result: number | undefined
}

/** Of a text as `-xx` prints it: every byte as `\x61`. */
const bytesOf = (text: string): Buffer => {
  const hex = text.replaceAll('\\x', '')
  if (!/^([0-9a-f]{2})*$/.test(hex)) throw new UnreadableTrace(`not in hex: ${text.slice(0, 40)}`)
  return Buffer.from(hex, 'hex')
}

const quoted = (arg: string): Buffer => {
  const match = /^"(.*)"$/.exec(arg)
  if (match === null) throw new UnreadableTrace(`not a whole string: ${arg.slice(0, 80)}`)
  return bytesOf(match[1] ?? '')
}

/** Arguments hold no comma of their own: strings are hex, and structures are not traced. */
const parseCall = (text: string): Call | undefined => {
  const match = /^([a-z0-9_]+)\((.*)\)\s+= (-?\d+|\?)/s.exec(text)
  if (match === null) return undefined
  const [, name = '', args = '', returned = '?'] = match
  const result = Number(returned)
  return { name, args: args.split(', '), result: result >= 0 ? result : undefined }
}

/** A call that another thread interrupts is printed in two parts. */
interface Span {
  readonly text: string
  readonly begun: number
  readonly ended: number
}

const spansOf = (lines: ReadonlyArray<string>): ReadonlyArray<Span> => {
  const open = new Map<string, { readonly text: string; readonly begun: number }>()
  return lines.flatMap((line, at) => {
    const match = /^(\d+) +(.*)$/s.exec(line)
    if (match === null) return []
    const [, pid = '', text = ''] = match
    const unfinished = / <unfinished \.\.\.>$/.exec(text)
    if (unfinished !== null) {
      open.set(pid, { text: text.slice(0, unfinished.index), begun: at })
      return []
    }
    const resumed = /^<\.\.\. [a-z0-9_]+ resumed>/.exec(text)
    if (resumed === null) return [{ text, begun: at, ended: at }]
    const first = open.get(pid)
    open.delete(pid)
    if (first === undefined) return []
    return [{ text: first.text + text.slice(resumed[0].length), begun: first.begun, ended: at }]
  })
}

interface Descriptor {
  readonly number: number
  readonly path: string
  readonly deleted: boolean
}

const descriptorOf = (arg: string): Descriptor | undefined => {
  const match = /^(\d+|AT_FDCWD)<(.*)>(\(deleted\))?$/.exec(arg)
  if (match === null) return undefined
  const path = bytesOf(match[2] ?? '').toString()
  return { number: Number(match[1]), path, deleted: match[3] !== undefined }
}

export interface TracedPaths {
  /** The traced folder, absolute. */
  readonly root: string
  /** The file to which the program says what it promises, absolute, outside that folder. */
  readonly voice: string
}

/** Turns calls into operations; remembers where each descriptor stands in its file. */
class Reader {
  readonly #root: string
  readonly #voice: string
  readonly #positions = new Map<number, number | 'end'>()
  readonly #sizes = new Map<string, number>()
  #tickets = 0

  constructor({ root, voice }: TracedPaths) {
    this.#root = root
    this.#voice = voice
  }

  /** Operations with the line at which each takes effect. */
  read({ text, begun, ended }: Span): ReadonlyArray<readonly [number, TraceItem]> {
    const call = parseCall(text)
    if (call === undefined || call.result === undefined) return []
    if (call.name === 'fsync' || call.name === 'fdatasync') return this.#sync(call, begun, ended)
    if (call.name === 'write' && descriptorOf(call.args[0] ?? '')?.path === this.#voice)
      return this.#said(call).map((item) => [begun, item])
    return this.#operations(call).map((operation) => [ended, { _tag: 'did', operation }])
  }

  #said({ args }: Call): ReadonlyArray<TraceItem> {
    const lines = quoted(args[1] ?? '')
      .toString()
      .split('\n')
    if (lines.pop() !== '') throw new UnreadableTrace('a line was said in two parts')
    return lines.map((line) => ({ _tag: 'said', line }))
  }

  /** Undefined: not below the traced folder. */
  #below(path: string): string | undefined {
    if (path === this.#root) return ''
    return path.startsWith(`${this.#root}/`) ? path.slice(this.#root.length + 1) : undefined
  }

  #path(arg: string | undefined): string | undefined {
    return this.#below(quoted(arg ?? '').toString())
  }

  #sync({ args }: Call, begun: number, ended: number): ReadonlyArray<readonly [number, TraceItem]> {
    const descriptor = descriptorOf(args[0] ?? '')
    const path = descriptor === undefined ? undefined : this.#below(descriptor.path)
    if (path === undefined || descriptor?.deleted === true) return []
    this.#tickets += 1
    const ticket = this.#tickets
    return [
      [begun, { _tag: 'did', operation: { _tag: 'sync-begun', path, ticket } }],
      [ended, { _tag: 'did', operation: { _tag: 'synced', ticket } }],
    ]
  }

  #operations(call: Call): ReadonlyArray<FileOperation> {
    const { name, args } = call
    switch (name) {
      case 'openat':
        return this.#opened(args[1], args[2] ?? '', call.result ?? -1)
      case 'open':
        return this.#opened(args[0], args[1] ?? '', call.result ?? -1)
      case 'write':
      case 'pwrite64':
        return this.#written(call)
      case 'ftruncate':
        return this.#truncated(args)
      case 'mkdir':
        return this.#named(args[0], (path) => ({ _tag: 'mkdir', path }))
      case 'unlink':
      case 'rmdir':
        return this.#named(args[0], (path) => {
          this.#sizes.delete(path)
          return { _tag: 'unlink', path }
        })
      case 'rename':
        return this.#renamed(args)
      default:
        return this.#refuse(call)
    }
  }

  /** A call that this reader does not know must not touch what it rebuilds. */
  #refuse({ name, args }: Call): ReadonlyArray<FileOperation> {
    const hex = [...Buffer.from(this.#root)].map((b) => `\\x${b.toString(16).padStart(2, '0')}`)
    if (args.some((arg) => arg.includes(hex.join(''))))
      throw new UnreadableTrace(`${name} of a traced file is not modelled`)
    return []
  }

  #named(
    arg: string | undefined,
    operation: (path: string) => FileOperation,
  ): ReadonlyArray<FileOperation> {
    const path = this.#path(arg)
    return path === undefined || path === '' ? [] : [operation(path)]
  }

  #opened(arg: string | undefined, flags: string, fd: number): ReadonlyArray<FileOperation> {
    const path = this.#path(arg)
    if (path === undefined) return []
    this.#positions.set(fd, flags.includes('O_APPEND') ? 'end' : 0)
    if (!flags.includes('O_CREAT') && !flags.includes('O_TRUNC')) return []
    const create: FileOperation = { _tag: 'create', path }
    if (!flags.includes('O_TRUNC') || (this.#sizes.get(path) ?? 0) === 0) return [create]
    this.#sizes.set(path, 0)
    return [create, { _tag: 'truncate', path, sizeBytes: 0 }]
  }

  #written({ name, args, result }: Call): ReadonlyArray<FileOperation> {
    const descriptor = descriptorOf(args[0] ?? '')
    const path = descriptor === undefined ? undefined : this.#below(descriptor.path)
    if (descriptor === undefined || path === undefined) return []
    if (descriptor.deleted) throw new UnreadableTrace(`a write to ${path}, which has no name`)
    const bytes = quoted(args[1] ?? '').subarray(0, result)
    if (bytes.length !== result) throw new UnreadableTrace(`${result} bytes to ${path} are cut`)
    const position = this.#positions.get(descriptor.number) ?? 0
    const size = this.#sizes.get(path) ?? 0
    const offset = name === 'pwrite64' ? Number(args[3]) : position === 'end' ? size : position
    if (name === 'write' && position !== 'end')
      this.#positions.set(descriptor.number, offset + bytes.length)
    this.#sizes.set(path, Math.max(size, offset + bytes.length))
    return [{ _tag: 'write', path, offset, bytes }]
  }

  #truncated(args: ReadonlyArray<string>): ReadonlyArray<FileOperation> {
    const descriptor = descriptorOf(args[0] ?? '')
    const path = descriptor === undefined ? undefined : this.#below(descriptor.path)
    if (path === undefined) return []
    const sizeBytes = Number(args[1])
    this.#sizes.set(path, sizeBytes)
    return [{ _tag: 'truncate', path, sizeBytes }]
  }

  #renamed(args: ReadonlyArray<string>): ReadonlyArray<FileOperation> {
    const [from, to] = [this.#path(args[0]), this.#path(args[1])]
    if (from === undefined && to === undefined) return []
    if (from === undefined || to === undefined)
      throw new UnreadableTrace('a rename out of or into the traced folder')
    for (const [path, size] of [...this.#sizes])
      if (path === from || path.startsWith(`${from}/`)) {
        this.#sizes.delete(path)
        this.#sizes.set(to + path.slice(from.length), size)
      }
    return [{ _tag: 'rename', from, to }]
  }
}

/**
 * Changes count from when their calls ended, a sync for what
 * was there when it began, a spoken line from when it began: each the weaker promise. Throws
 * `UnreadableTrace`.
 */
export const readTrace = (text: string, paths: TracedPaths): ReadonlyArray<TraceItem> => {
  const reader = new Reader(paths)
  const spans = [...spansOf(text.split('\n'))].sort((a, b) => a.ended - b.ended)
  const items = spans.flatMap((span) => reader.read(span))
  return items.sort(([a], [b]) => a - b).map(([, item]) => item)
}
