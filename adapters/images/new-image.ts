/** Makes an image: the config of one without a base, or of one upon another. */
import { chainIds, sha256 } from './archived-image.ts'
import { imageId, type DiffId } from '../../domain/identity.ts'
import type { ArchivedImage, LayerSource } from '../../domain/ports/storage-ports.ts'

export interface NewLayer {
  readonly diff: DiffId
  readonly source: LayerSource
}

export interface NewImage {
  /** Bottom layer first; what lies below the new one has its place already. */
  readonly below: ReadonlyArray<DiffId>
  readonly layer: NewLayer
  readonly references: ReadonlyArray<string>
  /** OCI image spec, config.md; `rootfs` is put in. */
  readonly config: Readonly<Record<string, unknown>>
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }

/** Of this host, in the words of the OCI image spec. */
export const hostArchitecture = architectures[process.arch] ?? process.arch

export const newImage = ({ below, layer, references, config }: NewImage): ArchivedImage => {
  const diffs = [...below, layer.diff]
  const diffIds = diffs.map((diff) => `sha256:${diff}`)
  const text = JSON.stringify({ ...config, rootfs: { type: 'layers', diff_ids: diffIds } })
  const chain = chainIds(diffs)
  return {
    id: imageId(sha256(text)),
    config: text,
    references,
    layers: diffs.flatMap((diff, n) => {
      const own = chain[n]
      return own === undefined ? [] : [{ layer: own, diff, source: layer.source }]
    }),
  }
}
