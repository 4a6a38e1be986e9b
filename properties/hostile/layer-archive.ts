/** Makes an image archive around a hostile layer. */
import { sha256, tarBytes } from '../../adapters/layers/fixtures/tar-bytes.ts'
import { configOf, type HostileCase } from './hostile-case.ts'

export interface HostileLayer {
  readonly what: string
  /** The layer as the archive has it. */
  readonly layer: Buffer
  /** What it inflates to, for its diff id; default: itself. */
  readonly plain?: Buffer
  readonly says: RegExp
  readonly limited?: true
}

export const layerArchive = (layer: Buffer, plain = layer): Buffer => {
  const config = configOf([plain])
  const name = `${sha256(config)}.json`
  const manifest = [{ Config: name, RepoTags: ['hostile:1'], Layers: ['layer.tar'] }]
  return tarBytes(
    { name: 'manifest.json', content: JSON.stringify(manifest) },
    { name, content: config },
    { name: 'layer.tar', content: layer },
  )
}

export const layerCase = ({ layer, plain, ...rest }: HostileLayer): HostileCase => ({
  ...rest,
  archive: () => layerArchive(layer, plain),
})
