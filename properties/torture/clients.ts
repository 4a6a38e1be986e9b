/** Parallel clients that live the lives of random containers until the daemon is gone. */
import type { TestDaemon } from '../harness/daemon.ts'
import type { Ledger, Verb } from './ledger.ts'

/** A small generator of our own: the sequence is a function of the seed (mulberry32). */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const nextVerbs: Readonly<Record<Verb, ReadonlyArray<Verb>>> = {
  create: ['start', 'start', 'start', 'rm'],
  start: ['exec', 'exec', 'stop', 'rm'],
  exec: ['exec', 'stop', 'rm'],
  stop: ['start', 'rm'],
  rm: [],
}

const argumentsOf = (verb: Verb, name: string): ReadonlyArray<string> => {
  switch (verb) {
    case 'create':
      return ['create', '--name', name, 'busybox', 'sleep', '1000']
    case 'start':
      return ['start', name]
    case 'exec':
      return ['exec', name, 'true']
    case 'stop':
      return ['stop', '-t', '0', name]
    case 'rm':
      return ['rm', '-f', name]
  }
}

export interface ClientOptions {
  readonly daemon: TestDaemon
  readonly ledger: Ledger
  readonly prefix: string
  readonly random: () => number
  readonly stopped: () => boolean
  /** Failures that are not the daemon's death: each is a finding. */
  readonly onUnexpected: (text: string) => void
}

const lifeOf = async (o: ClientOptions, name: string): Promise<void> => {
  let verb: Verb | undefined = 'create'
  while (verb !== undefined && !o.stopped()) {
    const attempt = o.ledger.begin(name, verb)
    const ran = await o.daemon.isula(argumentsOf(verb, name), { ms: 30_000 })
    if (ran.code !== 0) {
      if (!o.stopped()) o.onUnexpected(`${verb} ${name}: exit ${ran.code} ${ran.stderr.trim()}`)
      return
    }
    attempt.acknowledged = true
    const next: ReadonlyArray<Verb> = nextVerbs[verb]
    verb = next[Math.floor(o.random() * next.length)]
  }
}

/** One client: containers one after the other until `stopped`. */
export const client = async (o: ClientOptions): Promise<void> => {
  for (let n = 0; !o.stopped(); n += 1) await lifeOf(o, `${o.prefix}-${n}`)
}
