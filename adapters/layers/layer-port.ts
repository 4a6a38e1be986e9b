/** LayerPort on a directory tree of overlay layers. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { DiffId, LayerId } from '../../domain/identity.ts'
import type { EffectError } from '../../domain/ports/answer.ts'
import { effectTable } from '../../domain/ports/effects.ts'
import { layerDirectory, layerStaging, type Layout } from '../../domain/ports/layout.ts'
import type { LayerPort, UnpackRequest } from '../../domain/ports/storage-ports.ts'
import { readFacts } from './facts.ts'
import type { LayerThreads } from './layer-threads.ts'
import { classify } from './tasks.ts'
import type { LayerLimits } from './unpack/layer-writer.ts'

/** Far beyond any real layer; a hostile one ends here and not with a full disk of inodes. */
const defaultLimits: LayerLimits = { maxEntries: 4_000_000, maxBytes: 2 ** 40 }

export interface LayerPortOptions {
  readonly layout: Layout
  readonly threads: LayerThreads
  readonly limits?: LayerLimits
}

type Unpacked = Promise<E.Either<EffectError, number>>

export const createLayerPort = ({ layout, threads, limits }: LayerPortOptions): LayerPort => {
  /** Two requests for one layer would fight for its staging: the second joins or waits. */
  const open = new Map<LayerId, { readonly diff: DiffId; readonly running: Unpacked }>()
  const places = (layer: LayerId) => ({
    directory: layerDirectory(layout, layer),
    staging: layerStaging(layout, layer),
  })

  const start = (request: UnpackRequest): Unpacked => {
    const task = {
      _tag: 'Unpack',
      ...request,
      ...places(request.layer),
      limits: limits ?? defaultLimits,
    } as const
    const running = threads
      .run(task, effectTable.UnpackLayer.deadlineMs)()
      .finally(() => open.delete(request.layer))
    open.set(request.layer, { diff: request.diff, running })
    return running
  }

  const unpack = async (request: UnpackRequest): Unpacked => {
    for (;;) {
      const other = open.get(request.layer)
      if (other === undefined) return start(request)
      const answer = await other.running
      if (other.diff === request.diff) return answer
    }
  }

  return {
    unpack: (request) => () => unpack(request),
    remove: (layer) =>
      pipe(
        threads.run({ _tag: 'RemoveLayer', ...places(layer) }, effectTable.RemoveLayer.deadlineMs),
        TE.map(() => undefined),
      ),
    isCommitted: (layer) => () =>
      Promise.resolve(
        E.tryCatch(() => readFacts(layerDirectory(layout, layer), layer) !== undefined, classify),
      ),
  }
}
