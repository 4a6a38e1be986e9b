/** Tells the story of any object of the journal: a container, an image, a layer, the engine. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { foldEnvelope } from '../fold/replay.ts'
import { World } from '../fold/world.ts'
import type { ImageId, LayerId } from '../../domain/identity.ts'
import { readEvents, type Records } from './container-streams.ts'
import { asked, chainTo, explain, type Explanation, type ExplainStep } from './explain.ts'
import { findObject } from './objects.ts'
import { Timeline } from './timeline.ts'

const stateIn = (world: World, kind: string, id: string): string => {
  if (kind === 'image') return world.image(id as ImageId)?.phase._tag.toLowerCase() ?? 'removed'
  if (kind === 'layer') return world.layer(id as LayerId)?.phase._tag.toLowerCase() ?? 'removed'
  return world.engine().latest?.stopped === false ? 'running, or killed' : 'stopped'
}

const explainStream = async (records: Records, stream: string): Promise<Explanation> => {
  const timeline = new Timeline()
  const world = new World()
  const steps: ExplainStep[] = []
  for await (const recorded of readEvents(records)) {
    foldEnvelope(world, recorded.envelope)
    const entry = timeline.entry(recorded)
    if (entry.stream !== stream) continue
    const { seq, at, kind, actor, request, what, because } = entry
    steps.push({ seq, at, kind, actor, request, what, because })
  }
  const [kind = '', id = kind] = stream.split(':')
  const chain = chainTo(steps, steps.at(-1)?.seq)
  return {
    id,
    name: id,
    names: [],
    state: stateIn(world, kind, id),
    why: chain.map(asked),
    chain: chain.map((step) => step.seq),
    steps,
  }
}

/** `given` as in `findObject`. Left: there was never such an object. */
export const explainObject = async (
  records: Records,
  given: string,
): Promise<Either<string, Explanation>> => {
  const stream = await findObject(records, given)
  if (E.isLeft(stream)) return stream
  const [kind, id] = stream.right.split(':')
  return kind === 'container' && id !== undefined
    ? explain(records, id)
    : E.right(await explainStream(records, stream.right))
}
