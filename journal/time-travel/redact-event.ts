/** A redacted copy of an event: it folds to the same state, but for what was replaced. */
import type { DomainEvent } from '../../domain/event.ts'
import type { Placeholders } from './placeholders.ts'
import { redactExec, redactHost, redactImageConfig, redactProcess } from './redact-config.ts'

/** Messages of the host may name what was replaced elsewhere. */
const withoutSecrets = (p: Placeholders, value: unknown): unknown => {
  if (typeof value === 'string') return p.inText(value)
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(p, item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, withoutSecrets(p, item)]),
  )
}

/** Members with texts of people or programs; all others are ids, numbers and words of ours. */
const messages = new Set(['error', 'reason', 'findings', 'exit'])

const withRedactedMessages = (p: Placeholders, event: DomainEvent): DomainEvent =>
  Object.fromEntries(
    Object.entries(event).map(([name, value]) => [
      name,
      messages.has(name) ? withoutSecrets(p, value) : value,
    ]),
  ) as DomainEvent

export const redactEvent = (p: Placeholders, event: DomainEvent): DomainEvent => {
  switch (event._tag) {
    case 'ContainerCreateRequested':
      return {
        ...event,
        host: redactHost(p, event.host),
        process: redactProcess(p, event.process),
      }
    case 'ContainerExecRequested':
      return { ...event, process: redactExec(p, event.process) }
    case 'ContainerCopyRequested':
      return { ...event, path: p.of('path', event.path) }
    case 'ImageLoadRequested':
      return {
        ...event,
        config: redactImageConfig(p, event.config),
        origin: p.of('path', event.origin),
      }
    case 'LayerUnpackRequested':
      return {
        ...event,
        source: { ...event.source, archive: p.of('path', event.source.archive) },
      }
    default:
      return withRedactedMessages(p, event)
  }
}
