/** Upstream's files beside the journal, fed by the durable events of containers. */
import { upstreamFiles, type UpstreamFiles } from '../../adapters/projections/upstream-files.ts'
import { containerId } from '../../domain/identity.ts'
import type { Layout } from '../../domain/ports/layout.ts'
import type { Engine, EngineLog } from '../../journal/engine/engine.ts'

const streamPrefix = 'container:'

export const projectUpstreamFiles = (
  engine: Engine,
  layout: Layout,
  log: EngineLog,
): UpstreamFiles =>
  upstreamFiles({
    layout,
    containers: () => [...engine.world.containers.values()],
    container: (id) => engine.world.container(id),
    subscribe: (listener) =>
      engine.feed.subscribe(({ envelope: { stream } }) => {
        if (stream.startsWith(streamPrefix))
          listener(containerId(stream.slice(streamPrefix.length)))
      }),
    warn: (message) => log.warn(message),
  })
