/** Looks at the host as the daemon would at its start; only reads. */
import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { systemClock } from '../../../adapters/ambient/clock.ts'
import { detectCgroups } from '../../../adapters/cgroups/hierarchies.ts'
import { makeObservePort } from '../../../adapters/observe/observe-port.ts'
import type { HostObservation } from '../../../domain/ports/observation.ts'
import type { Now } from '../../../domain/time.ts'
import type { World } from '../../../journal/fold/world.ts'
import type { Arguments } from '../arguments.ts'

/** Where a daemon keeps its things on this host. */
export interface HostPlace {
  readonly root: string
  readonly state: string
  readonly cgroupParent: string
}

const defaultState = '/var/run/isulad'
const defaultParent = '/isulad'

/** Left: the daemon's root is not known. */
export const placeOf = (args: Arguments, root: string | undefined): Either<string, HostPlace> => {
  const graph = args.value('--graph') ?? root
  return graph === undefined
    ? E.left("--graph is needed: the daemon's root")
    : E.right({
        root: resolve(graph),
        state: resolve(args.value('--state') ?? defaultState),
        cgroupParent: args.value('--cgroup-parent') ?? defaultParent,
      })
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'

/** Left: why the host could not be observed. */
export const lookAtHost = async (
  { root, state, cgroupParent }: HostPlace,
  world: World,
): Promise<Either<string, HostObservation>> => {
  const used = [...world.containers.values()].map((c) => parentOf(c.cgroupPath))
  const port = makeObservePort({
    layout: { root, state },
    host: detectCgroups(),
    keepsProofs: false,
    cgroupParents: () => [...new Set([`/${cgroupParent.replace(/^\/+|\/+$/g, '')}`, ...used])],
  })
  const observed = await port.observe()()
  if (E.isRight(observed)) return observed
  const error = observed.left
  const why = error._tag === 'NotApplied' ? `${error.errno}: ${error.detail}` : error.reason
  return E.left(`the host could not be observed: ${why}`)
}

export const hostNow = (): Now => systemClock().now()
