/** The states in which a power loss, or a disk that lied, could leave a journal without a trace. */
import { anchorName, anchorText, type Anchor } from '../forensic/anchor-file.ts'
import { hashOfHex } from '../record/hash-chain.ts'
import { sectorGarbage, seededDraw } from './garbage.ts'
import { changed, type JournalImage, type LogWrite } from './journal-image.ts'
import type { Layout } from './layout.ts'
import { cutPositions } from './models.ts'
import type { PowerLossCause, PowerLossClass } from './power-loss-report.ts'

export interface PowerLossState {
  readonly what: string
  readonly layout: Layout
  /** Newest record that must be there, or the journal must refuse to open. */
  readonly floorSeq: number
}

export interface StateClass {
  readonly class: PowerLossClass
  readonly cause: PowerLossCause
  readonly meaning: string
  readonly states: () => Generator<PowerLossState>
}

export interface StateGround {
  readonly image: JournalImage
  readonly anchor: Anchor | undefined
  readonly headSeq: number
  /** By sequence number, as far as they are known. */
  readonly hashOf: (seq: number) => string | undefined
  readonly perClass: number
  readonly seed: number
}

/** So many of them, spread evenly, the first and the last among them. */
export const spread = <A>(all: ReadonlyArray<A>, wanted: number): ReadonlyArray<A> => {
  if (all.length <= wanted) return all
  const step = (all.length - 1) / Math.max(1, wanted - 1)
  const chosen = new Set(Array.from({ length: wanted }, (_, i) => Math.round(i * step)))
  return all.filter((_, i) => chosen.has(i))
}

const bytesAt = ({ layout }: JournalImage, path: string): Buffer => {
  const content = layout.files.get(path)
  return content === undefined || 'linkTo' in content ? Buffer.alloc(0) : content
}

/** Everything from `at` of that log on is gone, later logs too. */
const cutAt = (image: JournalImage, path: string, at: number): Layout => {
  const later = image.logs.slice(image.logs.indexOf(path) + 1)
  const changes = new Map<string, Buffer>(later.map((log) => [log, Buffer.alloc(0)]))
  return changed(image.layout, changes.set(path, bytesAt(image, path).subarray(0, at)))
}

const before = ({ records }: LogWrite, headSeq: number): number =>
  records === undefined ? headSeq : records.from - 1

function* lastCuts({ image, headSeq, perClass }: StateGround): Generator<PowerLossState> {
  const last = image.writes.at(-1)
  if (last === undefined) return
  const length = last.to - last.from
  for (const kept of [0, ...cutPositions(length, perClass - 1)])
    yield {
      what: `${last.path}: ${kept} of the last ${length} bytes kept`,
      layout: cutAt(image, last.path, last.from + kept),
      floorSeq: before(last, headSeq),
    }
}

function* lastGarbage(ground: StateGround): Generator<PowerLossState> {
  const { image, headSeq, perClass, seed } = ground
  const last = image.writes.at(-1)
  if (last === undefined) return
  const after = bytesAt(image, last.path)
  const old = after.subarray(0, last.from)
  for (let i = 0; i < perClass; i += 1) {
    const draw = seededDraw(seed * 1_000_003 + i)
    const content = sectorGarbage({ before: old, after }, last.from, draw)
    yield {
      what: `${last.path}: garbage ${i} (seed ${seed}) in sectors from offset ${last.from}`,
      layout: changed(image.layout, new Map([[last.path, content]])),
      floorSeq: before(last, headSeq),
    }
  }
}

/** Each anchor was once the newest: it follows a commit within a second. */
function* olderAnchors(ground: StateGround): Generator<PowerLossState> {
  const { image, anchor, headSeq, hashOf, perClass } = ground
  if (anchor === undefined) return
  const ends = image.writes.flatMap(({ records }) => (records === undefined ? [] : [records.to]))
  for (const seq of spread(
    ends.filter((end) => end !== anchor.seq),
    perClass,
  )) {
    const hash = hashOfHex(hashOf(seq) ?? '')
    if (hash === undefined) continue
    const text = Buffer.from(anchorText({ ...anchor, seq, hash }))
    yield {
      what: `the anchor names record ${seq}`,
      layout: changed(image.layout, new Map([[anchorName, text]])),
      floorSeq: headSeq,
    }
  }
}

/** Cuts at the beginning of each write and at one place inside it. */
function* tailCuts(
  { image, anchor, perClass }: StateGround,
  writes: ReadonlyArray<LogWrite>,
): Generator<PowerLossState> {
  const places = writes.flatMap(({ path, from, to }) => [
    { path, at: from },
    { path, at: from + Math.floor((to - from) / 2) },
  ])
  for (const { path, at } of spread(places, perClass))
    yield {
      what: `${path}: cut at offset ${at}`,
      layout: cutAt(image, path, at),
      floorSeq: anchor?.seq ?? 0,
    }
}

function* lostFiles({ image, anchor }: StateGround): Generator<PowerLossState> {
  const paths = [...image.layout.files.keys()]
  const newest = (pattern: RegExp, count: number): ReadonlyArray<string> =>
    paths
      .filter((path) => pattern.test(path))
      .sort()
      .slice(-count)
  const gone = [
    ...newest(/\.log$/, 2),
    ...newest(/\.ldb$/, 3),
    ...newest(/MANIFEST-/, 1),
    ...newest(/CURRENT$/, 1),
    ...newest(/^(FORMAT|journal\.head)$/, 2),
  ]
  const floorOf = (path: string): number => (path === anchorName ? 0 : (anchor?.seq ?? 0))
  for (const path of gone) {
    const floorSeq = floorOf(path)
    yield {
      what: `${path} is gone`,
      layout: changed(image.layout, new Map([[path, undefined]])),
      floorSeq,
    }
    if (path.endsWith('.ldb')) continue
    const empty = new Map([[path, Buffer.alloc(0)]])
    yield { what: `${path} is empty`, layout: changed(image.layout, empty), floorSeq }
  }
}

/**
 * The last write alone may lack its sync, since the next one waits for it; not even that one where
 * the anchor names it.
 */
export const stateClasses = (ground: StateGround): ReadonlyArray<StateClass> => {
  const { image, anchor, headSeq } = ground
  const synced = image.writes.slice(0, -1)
  const isAnchored = ({ records }: LogWrite): boolean =>
    records !== undefined && records.to <= (anchor?.seq ?? 0)
  const lie = 'broken-promise'
  const last = image.writes.at(-1)
  const ofLast = last !== undefined && isAnchored(last) ? lie : 'power-cut'
  const make = (
    name: PowerLossClass,
    cause: PowerLossCause,
    rest: Pick<StateClass, 'meaning' | 'states'>,
  ): StateClass => ({ class: name, cause, ...rest })
  return [
    make('last-batch-cut', ofLast, {
      meaning: 'the last write to the log came through up to some byte',
      states: () => lastCuts(ground),
    }),
    make('last-batch-garbage', ofLast, {
      meaning: 'sectors of the last write are there, are old, or hold garbage',
      states: () => lastGarbage(ground),
    }),
    make('anchor', 'power-cut', {
      meaning: `the anchor is older or newer than it is now; the newest record is ${headSeq}`,
      states: () => olderAnchors(ground),
    }),
    make('unanchored-tail', lie, {
      meaning: 'writes behind the anchor are gone although they were synced',
      states: () =>
        tailCuts(
          ground,
          synced.filter((write) => !isAnchored(write)),
        ),
    }),
    make('below-anchor', lie, {
      meaning: 'writes are gone that the anchor proves',
      states: () => tailCuts(ground, synced.filter(isAnchored)),
    }),
    make('names', lie, {
      meaning: 'a file is gone or empty although name and bytes were synced',
      states: () => lostFiles(ground),
    }),
  ]
}
