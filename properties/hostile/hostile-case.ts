/** One archive that tries to harm the host or to fool its reader, and what must be said of it. */
import { sha256 } from '../../adapters/layers/fixtures/tar-bytes.ts'

export interface HostileCase {
  /** Completes "… is refused". */
  readonly what: string
  /** A whole image archive. */
  readonly archive: () => Buffer
  /** The error begins with its errno and names the entry, the document or the reason. */
  readonly says: RegExp
  /** Only refused under the small limits of a test: a daemon's are beyond what a test can write. */
  readonly limited?: true
}

/** Where cases aim at: names that nobody else has, so that one that is found tells of a breach. */
export interface Target {
  /** A name that must appear nowhere. */
  readonly marker: string
  /** A file of the host with known content. */
  readonly victim: string
  /** The folder of the victim. */
  readonly folder: string
}

/** The bytes of a docker-archive's config for these diff ids. */
export const configOf = (
  plainLayers: ReadonlyArray<Buffer>,
  more: Readonly<Record<string, unknown>> = {},
): string =>
  JSON.stringify({
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: plainLayers.map((layer) => `sha256:${sha256(layer)}`) },
    ...more,
  })
