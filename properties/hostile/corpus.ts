/** All hostile archives. */
import { dockerCases } from './docker-lies.ts'
import type { HostileCase, Target } from './hostile-case.ts'
import { layerCase } from './layer-archive.ts'
import { formatLayers } from './layer-formats.ts'
import { pathLayers } from './layer-paths.ts'
import { ociCases } from './oci-lies.ts'

export const corpus = (target: Target): ReadonlyArray<HostileCase> => [
  ...[...pathLayers(target), ...formatLayers()].map(layerCase),
  ...dockerCases(),
  ...ociCases(),
]
