/** A redacted copy of a state, for slices that begin in the middle of a journal. */
import type { Container } from '../../domain/container/state.ts'
import type { Layer } from '../../domain/layer/state.ts'
import { World } from '../fold/world.ts'
import type { Placeholders } from './placeholders.ts'
import { redactExec, redactHost, redactImageConfig, redactProcess } from './redact-config.ts'

const withText = <A extends { readonly error: string }>(p: Placeholders, a: A | null): A | null =>
  a === null ? null : { ...a, error: p.inText(a.error) }

const redactContainer = (p: Placeholders, c: Container): Container => ({
  ...c,
  host: redactHost(p, c.host),
  process: redactProcess(p, c.process),
  execs: Object.fromEntries(
    Object.entries(c.execs).map(([id, exec]) => [
      id,
      { ...exec, process: redactExec(p, exec.process) },
    ]),
  ),
  lastRun: withText(p, c.lastRun),
  releaseDelay: withText(p, c.releaseDelay),
  phase: c.phase._tag === 'Removing' ? { ...c.phase, delay: withText(p, c.phase.delay) } : c.phase,
})

const redactLayer = (p: Placeholders, layer: Layer): Layer => {
  const { phase } = layer
  if (phase._tag !== 'Unpacking') return layer
  const source = { ...phase.source, archive: p.of('path', phase.source.archive) }
  return { ...layer, phase: { ...phase, source } }
}

export const redactWorld = (p: Placeholders, world: World): World => {
  const redacted = new World()
  for (const [id, layer] of world.layers)
    redacted.apply({ kind: 'layer', id, after: redactLayer(p, layer) })
  for (const [id, image] of world.images) {
    const config = redactImageConfig(p, image.config)
    redacted.apply({ kind: 'image', id, after: { ...image, config } })
  }
  for (const [id, c] of world.containers)
    redacted.apply({ kind: 'container', id, after: redactContainer(p, c) })
  redacted.apply({ kind: 'engine', after: world.engine() })
  for (const [stream, reason] of world.quarantine) redacted.quarantine.set(stream, reason)
  return redacted
}
