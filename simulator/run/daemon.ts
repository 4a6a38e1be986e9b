/** One daemon process of a simulation: an engine on its own ports, until it is killed. */
import { Engine } from '../../journal/engine/engine.ts'
import type { JournalHandle } from '../../journal/engine/journal-handle.ts'
import type { Ports } from '../../domain/ports/ports.ts'

export interface DaemonParts {
  readonly generation: number
  readonly ports: Ports
  readonly journal: JournalHandle
  readonly log: (line: string) => void
  readonly started: () => void
  readonly broke: (error: unknown) => void
  readonly onFatal: (cause: string) => void
}

export class Daemon {
  readonly generation: number
  #engine: Engine | undefined
  #started = false
  #alive = true

  constructor(parts: DaemonParts) {
    this.generation = parts.generation
    this.#run(parts).catch(parts.broke)
  }

  get alive(): boolean {
    return this.#alive
  }

  /** The engine once it answers clients. */
  get serving(): Engine | undefined {
    return this.#started && this.#alive ? this.#engine : undefined
  }

  kill(): void {
    this.#alive = false
    this.#engine?.abandon()
  }

  async #run(parts: DaemonParts): Promise<void> {
    const engine = await Engine.open({
      ports: parts.ports,
      journal: parts.journal,
      version: 'simulated',
      pid: parts.generation,
      log: { info: parts.log, warn: parts.log, debug: () => undefined },
      onFatal: (_, cause) => parts.onFatal(cause),
    })
    this.#engine = engine
    await engine.start()
    this.#started = true
    parts.started()
  }
}
