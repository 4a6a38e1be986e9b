/** Clients that live the lives of containers and tell of every attempt and acknowledgement. */
import type { TypeOf } from 'io-ts'
import { randomFrom } from '../../torture/clients.ts'
import type { verbs } from '../messages.ts'
import type { Channel } from './channel.ts'
import type { Engine } from './engine.ts'

type Verb = TypeOf<typeof verbs>

const nextVerbs: Readonly<Record<Verb, ReadonlyArray<Verb>>> = {
  create: ['start', 'start', 'start', 'rm'],
  start: ['exec', 'stop', 'rm'],
  exec: ['stop', 'stop', 'rm'],
  stop: ['start', 'rm'],
  rm: [],
}

/** Lives go on in a new container after this many, so that some of each state are left. */
const restingShare = 0.25

const argumentsOf = (verb: Verb, name: string): ReadonlyArray<string> => {
  switch (verb) {
    case 'create': {
      const policy = name.startsWith('always-') ? ['--restart', 'always'] : []
      return ['create', '--name', name, ...policy, 'busybox', 'sleep', '1000000']
    }
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

export class Workload {
  readonly #engine: Engine
  readonly #channel: Channel
  #attempts = 0

  constructor(engine: Engine, channel: Channel) {
    this.#engine = engine
    this.#channel = channel
  }

  /** One operation; the host knows of it before the engine does. */
  async attempt(verb: Verb, name: string): Promise<boolean> {
    this.#attempts += 1
    const attempt = this.#attempts
    this.#channel.tell({ _tag: 'Begin', attempt, name, verb })
    const said = await this.#engine.isula(...argumentsOf(verb, name))
    if (said.code === 0) this.#channel.tell({ _tag: 'Acknowledged', attempt })
    else this.#channel.tell({ _tag: 'Refused', attempt, text: said.err.trim() })
    return said.code === 0
  }

  /** One client, for ever: the end of its work is the end of the machine. */
  async client(prefix: string, seed: number): Promise<never> {
    const random = randomFrom(seed)
    for (let n = 0; ; n += 1) {
      const name = `${random() < 0.3 ? 'always' : 'plain'}-${prefix}-${n}`
      let verb: Verb | undefined = 'create'
      while (verb !== undefined && (await this.attempt(verb, name))) {
        const next: ReadonlyArray<Verb> = nextVerbs[verb]
        verb = random() < restingShare ? undefined : next[Math.floor(random() * next.length)]
      }
    }
  }
}
