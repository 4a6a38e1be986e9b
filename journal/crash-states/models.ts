/** What a crash can leave of a file system, under models from the kind to the merely POSIX. */
import {
  withBytes,
  type CrashFileSystem,
  type DirectoryNode,
  type FileNode,
} from './file-system.ts'
import type { Node } from './file-system.ts'
import { sectorGarbage, seededDraw } from './garbage.ts'
import { isUnread, type Content, type Layout } from './layout.ts'

/**
 * (a) all bytes and names · (b) synced bytes only · (c) the tail cut at any byte · (d) a name needs
 * a sync of its directory; names may also have come through in their order · (e) a sync of a file
 * persists its own name, no other · (f) garbage per sector in what is not synced · (g) names and
 * bytes come through in any order: POSIX permits it, LevelDB does not survive it, and no journaling
 * file system does it.
 */
export const crashModels = [
  'all-bytes',
  'synced-bytes',
  'cut-tail',
  'synced-names',
  'own-name',
  'sector-garbage',
  'any-order',
] as const
export type CrashModel = (typeof crashModels)[number]

/** All of which a journal must survive. */
export const survivableModels: ReadonlyArray<CrashModel> = crashModels.filter(
  (model) => model !== 'any-order',
)

export interface CrashState {
  readonly model: CrashModel
  /** What was chosen within the model. */
  readonly choice: string
  readonly layout: Layout
  /** A write of which a part came through, if the choice is that. */
  readonly torn?: { readonly path: string; readonly kept: Buffer }
}

export interface Sampling {
  /** Cuts of one file at most. */
  readonly cuts: number
  /** Garbage states of one file. */
  readonly garbages: number
  readonly seed: number
}

type NamesOf = (directory: DirectoryNode) => ReadonlyMap<string, Node>
type BytesOf = (file: FileNode) => Content

const layoutOf = (root: DirectoryNode, names: NamesOf, bytes: BytesOf): Layout => {
  const directories: Array<string> = []
  const files = new Map<string, Content>()
  const visit = (directory: DirectoryNode, prefix: string): void => {
    for (const [name, node] of names(directory)) {
      const path = `${prefix}${name}`
      if (node._tag === 'file') files.set(path, bytes(node))
      else {
        directories.push(path)
        visit(node, `${path}/`)
      }
    }
  }
  visit(root, '')
  return { directories, files }
}

const volatileNames: NamesOf = ({ volatile }) => volatile
const syncedNames: NamesOf = ({ synced }) => synced
const ownNames: NamesOf = ({ own }) => own
const volatileBytes: BytesOf = ({ volatile }) => volatile
const durableBytes: BytesOf = ({ durable }) => durable

const pathsOf = (root: DirectoryNode): ReadonlyArray<readonly [string, FileNode]> => {
  const found: Array<readonly [string, FileNode]> = []
  const visit = (directory: DirectoryNode, prefix: string): void => {
    for (const [name, node] of directory.volatile)
      if (node._tag === 'file') found.push([`${prefix}${name}`, node])
      else visit(node, `${prefix}${name}/`)
  }
  visit(root, '')
  return found
}

/** Files of which a crash may take bytes, with what they hold before the last write. */
const unsynced = (fs: CrashFileSystem) =>
  pathsOf(fs.root).flatMap(([path, file]) => {
    if (isUnread(path)) return []
    const last = file.pending.at(-1)
    if (last?.bytes === undefined) return []
    const before = file.pending.slice(0, -1).reduce(withBytes, file.durable)
    return [{ path, file, before, offset: last.offset, bytes: last.bytes }]
  })

/** The edges of each end and an even spread in between; never nothing, never all. */
export const cutPositions = (length: number, wanted: number): ReadonlyArray<number> => {
  if (length <= wanted + 1) return Array.from({ length: Math.max(0, length - 1) }, (_, i) => i + 1)
  const edge = Math.floor(wanted / 4)
  const middle = wanted - 2 * edge
  const positions = new Set<number>()
  for (let i = 1; i <= edge; i += 1) positions.add(i).add(length - i)
  for (let i = 1; i <= middle; i += 1) positions.add(Math.floor((i * length) / (middle + 1)))
  return [...positions].sort((a, b) => a - b)
}

const one =
  (chosen: FileNode, content: Buffer, others: BytesOf): BytesOf =>
  (file) =>
    file === chosen ? content : others(file)

function* cutTails(fs: CrashFileSystem, sampling: Sampling): Generator<CrashState> {
  for (const { path, file, before, offset, bytes } of unsynced(fs))
    for (const length of cutPositions(bytes.length, sampling.cuts)) {
      const kept = bytes.subarray(0, length)
      const content = withBytes(before, { order: 0, offset, bytes: kept })
      yield {
        model: 'cut-tail',
        choice: `${path}: ${length} of the last ${bytes.length} bytes`,
        layout: layoutOf(fs.root, volatileNames, one(file, content, volatileBytes)),
        torn: { path, kept },
      }
    }
}

function* garbages(fs: CrashFileSystem, sampling: Sampling): Generator<CrashState> {
  for (const { path, file } of unsynced(fs)) {
    const { durable: before, volatile: after } = file
    const from = Math.min(...file.pending.map(({ offset }) => offset))
    for (let i = 0; i < sampling.garbages; i += 1) {
      const draw = seededDraw(sampling.seed * 1_000_003 + after.length * 31 + i)
      const content = sectorGarbage({ before, after }, from, draw)
      yield {
        model: 'sector-garbage',
        choice: `${path}: garbage ${i} from offset ${from}`,
        layout: layoutOf(fs.root, volatileNames, one(file, content, durableBytes)),
      }
    }
  }
}

/** The synced names and, of the changes since, those that are `kept`. */
const partly =
  (fs: CrashFileSystem, kept: (index: number) => boolean): NamesOf =>
  (directory) => {
    const names = new Map(directory.synced)
    fs.pendingNames.forEach((change, index) => {
      if (change.directory !== directory || !kept(index)) return
      if (change.node === undefined) names.delete(change.name)
      else names.set(change.name, change.node)
    })
    return names
  }

function* syncedNameStates(fs: CrashFileSystem): Generator<CrashState> {
  const state = (choice: string, names: NamesOf): CrashState => ({
    model: 'synced-names',
    choice,
    layout: layoutOf(fs.root, names, durableBytes),
  })
  yield state('', syncedNames)
  for (let n = 1; n < fs.pendingNames.length; n += 1)
    yield state(
      `${n} names since`,
      partly(fs, (i) => i < n),
    )
}

function* ownNameStates(fs: CrashFileSystem): Generator<CrashState> {
  const state = (choice: string, bytes: BytesOf): CrashState => ({
    model: 'own-name',
    choice,
    layout: layoutOf(fs.root, ownNames, bytes),
  })
  yield state('synced bytes', durableBytes)
  yield state('all bytes', volatileBytes)
}

/** One name got through before its time, or one did not, or all bytes without their names. */
function* reordered(fs: CrashFileSystem): Generator<CrashState> {
  const state = (choice: string, names: NamesOf, bytes: BytesOf): CrashState => ({
    model: 'any-order',
    choice,
    layout: layoutOf(fs.root, names, bytes),
  })
  yield state('synced names, all bytes', syncedNames, volatileBytes)
  for (const [n, { name, node }] of fs.pendingNames.entries()) {
    const what = `${node === undefined ? 'the removal' : 'the name'} of ${name}`
    yield state(
      `only ${what}`,
      partly(fs, (i) => i === n),
      durableBytes,
    )
    yield state(
      `all but ${what}`,
      partly(fs, (i) => i !== n),
      durableBytes,
    )
  }
}

type States = (fs: CrashFileSystem, sampling: Sampling) => Iterable<CrashState>

const statesUnder: Readonly<Record<CrashModel, States>> = {
  'all-bytes': ({ root }) => [
    { model: 'all-bytes', choice: '', layout: layoutOf(root, volatileNames, volatileBytes) },
  ],
  'synced-bytes': ({ root }) => [
    { model: 'synced-bytes', choice: '', layout: layoutOf(root, volatileNames, durableBytes) },
  ],
  'cut-tail': cutTails,
  'synced-names': syncedNameStates,
  'own-name': ownNameStates,
  'sector-garbage': garbages,
  'any-order': reordered,
}

/** All states that `model` permits at this point; those with many choices are sampled. */
export const crashStates = (
  fs: CrashFileSystem,
  model: CrashModel,
  sampling: Sampling,
): Iterable<CrashState> => statesUnder[model](fs, sampling)
