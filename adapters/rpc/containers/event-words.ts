/** From domain events to upstream's event messages (spec 22 section 8). */
import type { CopyDirection } from '../../../domain/container/copies.ts'
import type { Container } from '../../../domain/container/state.ts'
import type { DomainEvent } from '../../../domain/event.ts'
import { shownExitCode } from '../../../domain/ports/exit-record.ts'
import type { RecordedEvent } from '../engine-facade.ts'
import type { Event } from '../wire/containers.ts'
import { timestampOf } from './time-text.ts'

/** What messages of a container repeat, also after it is gone. */
interface Facts {
  name: string
  readonly image: string
  readonly labels: Readonly<Record<string, string>>
  pid: number
  /** The stop in progress was asked for by `stop` or `restart`, not by `kill`. */
  stopping: boolean
  readonly signals: Map<string, number>
  readonly copies: Map<string, CopyDirection>
}

type Extras = Readonly<Record<string, string>>

/** `opt` without its first word, and what is special about this one. */
type Word = readonly [what: string, extras: Extras]

const word = (what: string, extras: Extras = {}): Word => [what, extras]

const sigkill = 9

const copyWords: Readonly<Record<CopyDirection, string>> = {
  in: 'extract-to-dir',
  out: 'archive-path',
  export: 'export',
  commit: 'commit',
}

const exitExtras = (code: number): Extras => (code === 0 ? {} : { exitCode: String(code) })

export interface NamedEvent {
  readonly message: Event
  /** The container's name, or the image's. */
  readonly name: string
}

/** Follows the journal in order; what it has not seen of a container it takes from the world. */
export class EventWords {
  readonly #containers = new Map<string, Facts>()
  readonly #images = new Map<string, string>()

  know(container: Container): void {
    const { phase } = container
    this.#containers.set(container.id, {
      name: container.name,
      image: container.image.reference,
      labels: container.process.Labels,
      pid: phase._tag === 'Running' ? phase.processes.init.pid : 0,
      stopping: phase._tag === 'Running' && phase.stop !== null && phase.stop.signal !== sigkill,
      signals: new Map(),
      copies: new Map(),
    })
  }

  /** The image's name for the time when it is gone. */
  knowImage(id: string, name: string): void {
    this.#images.set(id, name)
  }

  messages({ envelope, event }: RecordedEvent): ReadonlyArray<NamedEvent> {
    const timestamp = timestampOf(envelope.at)
    const image = this.#imageWord(event)
    if (image !== undefined) {
      const [what, name] = image
      const message = { timestamp, opt: `image ${what}`, id: name, annotations: {} }
      return [{ message, name }]
    }
    if (event._tag === 'ContainerCreateRequested') this.#created(event)
    const facts = 'id' in event ? this.#containers.get(event.id) : undefined
    if (facts === undefined || !('id' in event)) return []
    const words = this.#words(event, facts)
    if (event._tag === 'ContainerRemoved') this.#containers.delete(event.id)
    return words.map(([what, extras]) => ({
      message: {
        timestamp,
        opt: `container ${what}`,
        id: event.id,
        annotations: {
          ...facts.labels,
          pid: String(facts.pid),
          image: facts.image,
          name: facts.name,
          ...extras,
        },
      },
      name: facts.name,
    }))
  }

  #created(event: DomainEvent & { _tag: 'ContainerCreateRequested' }): void {
    this.#containers.set(event.id, {
      name: event.name,
      image: event.image.reference,
      labels: event.process.Labels,
      pid: 0,
      stopping: false,
      signals: new Map(),
      copies: new Map(),
    })
  }

  #words(event: DomainEvent, facts: Facts): ReadonlyArray<Word> {
    switch (event._tag) {
      case 'ContainerCreated':
        return [word('create')]
      case 'ContainerLaunched':
        facts.pid = event.processes.init.pid
        return []
      case 'ContainerStarted':
        return [word('start')]
      case 'ContainerPaused':
        return [word('pause')]
      case 'ContainerUnpaused':
        return [word('unpause')]
      case 'ContainerOomObserved':
        return [word('oom')]
      case 'ContainerRemoved':
        return [word('destroy')]
      case 'ContainerUpdated':
        return [word('update')]
      case 'ContainerRenamed':
        facts.name = event.name
        // Upstream's spelling, which its readers look for.
        return [word('reanme', { oldName: event.previous })]
      case 'ContainerExecRequested':
        return [word(`exec_create: ${event.process.args.join(' ')}`)]
      case 'ContainerExecEnded':
        return [word('exec_die', exitExtras(shownExitCode(event.exit)))]
      default:
        return this.#endWords(event, facts)
    }
  }

  #endWords(event: DomainEvent, facts: Facts): ReadonlyArray<Word> {
    switch (event._tag) {
      case 'ContainerStopRequested':
        facts.stopping = event.restart || event.signal !== sigkill
        return [word('kill', { signal: String(event.signal) })]
      case 'ContainerSignalRequested':
        facts.signals.set(event.operation, event.signal)
        return []
      case 'ContainerSignalled':
        return [word('kill', { signal: String(facts.signals.get(event.operation) ?? 0) })]
      case 'ContainerCopyRequested':
        facts.copies.set(event.copy, event.direction)
        return []
      case 'ContainerCopyFailed':
        facts.copies.delete(event.copy)
        return []
      case 'ContainerCopied': {
        const direction = facts.copies.get(event.copy)
        facts.copies.delete(event.copy)
        return direction === undefined ? [] : [word(copyWords[direction])]
      }
      case 'ContainerStartFailed':
        facts.pid = 0
        return [word('die', exitExtras(event.exitCode))]
      case 'ContainerExited': {
        facts.pid = 0
        const stopped = event.cause === 'stop' && facts.stopping
        facts.stopping = false
        const died = word('die', exitExtras(shownExitCode(event.exit)))
        return stopped ? [died, word('stop')] : [died]
      }
      case 'ContainerStartRequested':
        return event.cause === 'restart' ? [word('restart')] : []
      default:
        return []
    }
  }

  #imageWord(event: DomainEvent): readonly [what: string, name: string] | undefined {
    switch (event._tag) {
      case 'ImageLoadRequested':
        this.#images.set(event.id, event.references[0] ?? `sha256:${event.id}`)
        return undefined
      case 'ImageStored':
        return ['load', this.#nameOf(event.id)]
      case 'ImageTagged':
        this.#images.set(event.id, event.reference)
        return ['tag', event.reference]
      case 'ImageUntagged':
        return ['remove', event.reference]
      case 'ImageRemoved':
        return ['remove', this.#nameOf(event.id)]
      default:
        return undefined
    }
  }

  #nameOf(id: string): string {
    return this.#images.get(id) ?? `sha256:${id}`
  }
}
