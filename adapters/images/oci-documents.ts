/** The documents of an OCI image layout, and Docker's of the same form (OCI image spec). */
import * as t from 'io-ts'

export const Descriptor = t.intersection([
  t.type({ mediaType: t.string, digest: t.string, size: t.number }),
  t.partial({
    annotations: t.union([t.record(t.string, t.string), t.null]),
    platform: t.union([t.partial({ os: t.string, architecture: t.string }), t.null]),
  }),
])
export type Descriptor = t.TypeOf<typeof Descriptor>

export const OciLayout = t.type({ imageLayoutVersion: t.string })

export const OciIndex = t.type({ schemaVersion: t.literal(2), manifests: t.array(Descriptor) })
export type OciIndex = t.TypeOf<typeof OciIndex>

export const OciManifest = t.type({
  schemaVersion: t.literal(2),
  config: Descriptor,
  layers: t.array(Descriptor),
})

const oci = 'application/vnd.oci.image.'
const docker = 'application/vnd.docker.'

export const isIndex = ({ mediaType }: Descriptor): boolean =>
  mediaType === `${oci}index.v1+json` || mediaType === `${docker}distribution.manifest.list.v2+json`

export const isManifest = ({ mediaType }: Descriptor): boolean =>
  mediaType === `${oci}manifest.v1+json` || mediaType === `${docker}distribution.manifest.v2+json`

export const isImageConfig = ({ mediaType }: Descriptor): boolean =>
  mediaType === `${oci}config.v1+json` || mediaType === `${docker}container.image.v1+json`

const ociLayer =
  /^application\/vnd\.oci\.image\.layer\.(nondistributable\.)?v1\.tar(\+gzip|\+zstd)?$/
const dockerLayer =
  /^application\/vnd\.docker\.image\.rootfs\.(foreign\.)?diff\.tar(\.gzip|\.zstd)?$/

/** How a layer is compressed is told by its first bytes, not by its media type. */
export const isLayer = ({ mediaType }: Descriptor): boolean =>
  ociLayer.test(mediaType) || dockerLayer.test(mediaType)

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }

/** As Go names it, and with it every image. */
const hostArchitecture = architectures[process.arch] ?? process.arch

export const hostPlatform = `linux/${hostArchitecture}`

export const platformText = ({ platform }: Descriptor): string =>
  `${platform?.os ?? 'unknown'}/${platform?.architecture ?? 'unknown'}`

/** A descriptor that names no platform may be for this host. */
export const isForHost = (descriptor: Descriptor): boolean =>
  (descriptor.platform ?? undefined) === undefined || platformText(descriptor) === hostPlatform
