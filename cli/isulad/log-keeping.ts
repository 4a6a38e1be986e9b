/** The daemon's keeper of logs, fed by the durable events of containers. */
import { logKeeper, type LogKeeper } from '../../adapters/logs/log-keeper.ts'
import type { MonitorControl } from '../../adapters/monitor/control.ts'
import { containerId } from '../../domain/identity.ts'
import type { Layout } from '../../domain/ports/layout.ts'
import type { Engine, EngineLog } from '../../journal/engine/engine.ts'

const streamPrefix = 'container:'

export interface LogKeepingParts {
  readonly engine: Engine
  readonly layout: Layout
  readonly control: MonitorControl
  readonly log: EngineLog
}

export const keepLogs = ({ engine, layout, control, log }: LogKeepingParts): LogKeeper =>
  logKeeper({
    layout,
    control,
    containers: () => [...engine.world.containers.values()],
    container: (id) => engine.world.container(id),
    subscribe: (listener) =>
      engine.feed.subscribe(({ envelope: { stream } }) => {
        if (stream.startsWith(streamPrefix))
          listener(containerId(stream.slice(streamPrefix.length)))
      }),
    warn: (message) => log.warn(message),
  })
