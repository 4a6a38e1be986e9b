/** Exit codes of removed containers: `run --rm` asks for its code after the removal. */
import * as E from 'fp-ts/lib/Either.js'
import type { DomainEvent } from '../../../domain/event.ts'
import { shownExitCode } from '../../../domain/ports/exit-record.ts'
import type { EngineFacade, JournalCodec } from '../engine-facade.ts'

interface Removed {
  readonly name: string
  readonly code: number
}

const mostRemembered = 4_096

/** What an event says about the exit code of its container, or undefined. */
const codeOf = (event: DomainEvent): number | undefined => {
  if (event._tag === 'ContainerExited') return shownExitCode(event.exit)
  return event._tag === 'ContainerStartFailed' ? event.exitCode : undefined
}

export class ExitBook {
  readonly #engine: EngineFacade
  /** Containers on their way out. */
  readonly #leaving = new Map<string, Removed>()
  readonly #removed = new Map<string, Removed>()
  readonly #idsByName = new Map<string, string>()
  readonly close: () => void

  constructor(engine: EngineFacade) {
    this.#engine = engine
    for (const container of engine.world.containers.values())
      if (container.phase._tag === 'Removing') this.#note(container.id)
    this.close = engine.feed.subscribe(({ event }) => this.#follow(event))
  }

  /** By full id or by the last name of a container that was removed since the daemon started. */
  find(given: string): number | undefined {
    const id = this.#idsByName.get(given) ?? given
    return this.#removed.get(id)?.code
  }

  #follow(event: DomainEvent): void {
    switch (event._tag) {
      case 'ContainerRemoveRequested':
      case 'ContainerExited':
        return this.#note(event.id)
      case 'ContainerRemoved':
        return this.#remember(event.id)
      default:
        return
    }
  }

  /** The world still has the container: at the latest when its removal was requested. */
  #note(id: Parameters<EngineFacade['world']['container']>[0]): void {
    const container = this.#engine.world.container(id)
    if (container?.phase._tag !== 'Removing') return
    const exit = container.lastRun?.exit
    const code = exit === undefined ? 0 : shownExitCode(exit)
    this.#leaving.set(id, { name: container.name, code })
  }

  #remember(id: string): void {
    const left = this.#leaving.get(id)
    this.#leaving.delete(id)
    if (left === undefined) return
    this.#removed.set(id, left)
    this.#idsByName.set(left.name, id)
    if (this.#removed.size <= mostRemembered) return
    for (const [oldest, { name }] of this.#removed) {
      this.#removed.delete(oldest)
      if (this.#idsByName.get(name) === oldest) this.#idsByName.delete(name)
      return
    }
  }
}

/** The last exit code of a removed container from the journal; undefined: it never was. */
export const exitCodeFromJournal = async (
  engine: EngineFacade,
  codec: JournalCodec,
  id: string,
): Promise<number | undefined> => {
  const stream = Buffer.from(`"container:${id}"`)
  let code: number | undefined
  for await (const record of engine.store.read(1)) {
    if (!Buffer.from(record.bytes).includes(stream)) continue
    const envelope = codec.envelope(record.bytes)
    const recorded = E.isRight(envelope) ? codec.event(envelope.right) : undefined
    if (recorded === undefined) continue
    code = codeOf(recorded.event) ?? code ?? 0
  }
  return code
}
