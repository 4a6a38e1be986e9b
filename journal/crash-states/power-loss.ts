/** Explores what a power loss could make of a journal: on copies, never on the journal itself. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { readAnchor, type Anchor } from '../forensic/anchor-file.ts'
import { journalFolder } from '../forensic/directory-files.ts'
import { liveHolder } from '../forensic/holder.ts'
import { readImage, tableFolder, type JournalImage } from './journal-image.ts'
import { buildLayout, type Layout } from './layout.ts'
import { reportOf, violationsOf, type Ended } from './power-loss-judgement.ts'
import type {
  PowerLossClassReport,
  PowerLossReport,
  PowerLossViolation,
} from './power-loss-report.ts'
import { stateClasses } from './power-loss-states.ts'
import { recover, type Recovery } from './recovery.ts'

export interface PowerLossOptions {
  /** Copies are made below it and removed afterwards; default: the system's temporary folder. */
  readonly scratch?: string
  /**
   * States per class at most, spread evenly. Each costs an opening of a copy, so that the default
   * is 200 for a small journal and less, but at least 8, for one with long logs.
   */
  readonly statesPerClass?: number
  /** Seed of the garbage; the same seed gives the same states. Default 1. */
  readonly seed?: number
  /** Called after each state. */
  readonly onProgress?: (done: number, total: number) => void
}

interface Ground {
  readonly root: string
  readonly scratch: string
  readonly image: JournalImage
  /** First record whose hash is compared: what lies before it is in tables alone. */
  readonly from: number
  readonly now: Recovery
  readonly anchor: Anchor | undefined
}

const rootOf = (path: string): string | undefined => {
  if (existsSync(join(path, journalFolder))) return path
  return basename(path) === journalFolder && existsSync(path) ? dirname(path) : undefined
}

const recoverLayout = async (scratch: string, layout: Layout, from: number): Promise<Recovery> => {
  const root = mkdtempSync(join(scratch, 'state-'))
  try {
    buildLayout(layout, root)
    return await recover(root, from)
  } finally {
    rmSync(root, { recursive: true })
  }
}

const fullSpeedBytes = 1024 * 1024
const mostStates = 200
const fewestStates = 8

const defaultStates = (sizeBytes: number): number => {
  const share = Math.floor((mostStates * fullSpeedBytes) / Math.max(1, sizeBytes))
  return Math.min(mostStates, Math.max(fewestStates, share))
}

const groundOf = async (root: string, scratch: string): Promise<Ground> => {
  const image = readImage(root, tableFolder(scratch))
  const from = image.writes.find(({ records }) => records !== undefined)?.records?.from ?? 1
  const now = await recoverLayout(scratch, image.layout, from)
  const reading = readAnchor(root)
  const anchor = reading._tag === 'Anchor' ? reading.anchor : undefined
  return { root, scratch, image, from, now, anchor }
}

interface Outcome {
  readonly classes: ReadonlyArray<PowerLossClassReport>
  readonly violations: ReadonlyArray<PowerLossViolation>
}

const asItIs = ({ image, now }: Ground): Outcome => {
  const meaning = 'a copy of the files as they are'
  const state = { what: 'nothing was changed', layout: image.layout, floorSeq: now.headSeq }
  const detail = now.refusal ?? now.broken
  return {
    classes: [
      reportOf({ class: 'as-it-is', cause: 'power-cut', meaning }, now.headSeq, [
        { state, recovery: now },
      ]),
    ],
    violations: detail === undefined ? [] : [{ class: 'as-it-is', state: state.what, detail }],
  }
}

const explored = async (ground: Ground, options: PowerLossOptions): Promise<Outcome> => {
  const { image, anchor, now, from, scratch } = ground
  const classes = stateClasses({
    image,
    anchor,
    headSeq: now.headSeq,
    hashOf: (seq) => now.hashes[seq - from],
    perClass: options.statesPerClass ?? defaultStates(image.sizeBytes),
    seed: options.seed ?? 1,
  }).map((kind) => ({ kind, states: [...kind.states()] }))
  const total = classes.reduce((sum, { states }) => sum + states.length, 0)
  const written = { from, hashes: now.hashes, writes: image.writes }
  let done = 0
  const reports: Array<PowerLossClassReport> = []
  const violations: Array<PowerLossViolation> = []
  for (const { kind, states } of classes) {
    const ended: Array<Ended> = []
    for (const state of states) {
      const one = { state, recovery: await recoverLayout(scratch, state.layout, from) }
      ended.push(one)
      violations.push(...violationsOf(written, kind, one))
      done += 1
      options.onProgress?.(done, total)
    }
    reports.push(reportOf(kind, now.headSeq, ended))
  }
  return { classes: reports, violations }
}

const notesOf = (ground: Ground): ReadonlyArray<string> => {
  const holder = liveHolder(ground.root)
  const live = `the daemon lives (pid ${holder?.pid}): files may have moved during the copy`
  const damaged = 'it does not open as it is, so that no further state was made'
  return [
    ...(holder === undefined ? [] : [live]),
    ...(ground.now.refusal === undefined ? [] : [damaged]),
    ...(ground.anchor === undefined ? ['there is no anchor: nothing proves what was durable'] : []),
  ]
}

const exploreRoot = async (
  root: string,
  scratch: string,
  options: PowerLossOptions,
): Promise<PowerLossReport> => {
  const ground = await groundOf(root, scratch)
  const first = asItIs(ground)
  const none: Outcome = { classes: [], violations: [] }
  const rest = ground.now.refusal === undefined ? await explored(ground, options) : none
  const classes = [...first.classes, ...rest.classes]
  const violations = [...first.violations, ...rest.violations]
  return {
    root,
    headSeq: ground.now.headSeq,
    anchoredSeq: ground.anchor?.seq,
    lastBatch: ground.image.writes.findLast(({ records }) => records !== undefined)?.records,
    states: classes.reduce((sum, { states }) => sum + states, 0),
    classes,
    violations,
    notes: notesOf(ground),
    ok: violations.length === 0,
  }
}

/**
 * `directory`: a daemon's root or its `journal` folder. Undefined: it is neither. Rejects with the
 * kernel's error where the files cannot be read or the copies cannot be written.
 */
export const explorePowerLoss = async (
  directory: string,
  options: PowerLossOptions = {},
): Promise<PowerLossReport | undefined> => {
  const root = rootOf(directory)
  if (root === undefined) return undefined
  const scratch = mkdtempSync(join(options.scratch ?? tmpdir(), 'power-loss-'))
  try {
    return await exploreRoot(root, scratch, options)
  } finally {
    rmSync(scratch, { recursive: true })
  }
}
