/** At most one client waits for the stream of a launch; a second one joins after the launch. */
import type { StreamRegistry, StreamSink } from '../../monitor/streams.ts'

export class ExpectedStreams {
  readonly #registry: StreamRegistry
  readonly #keys = new Set<string>()

  constructor(registry: StreamRegistry) {
    this.#registry = registry
  }

  /** Returns the withdrawal. Where another client waits already, nothing is announced. */
  announce(key: string, sink: StreamSink): () => void {
    if (this.#keys.has(key)) return () => undefined
    this.#keys.add(key)
    const withdraw = this.#registry.expect(key, sink)
    return () => {
      this.#keys.delete(key)
      withdraw()
    }
  }
}
