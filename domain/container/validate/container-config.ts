/** From the documents of a create request and the image's config to what the engine stores. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { HostConfig, ProcessConfig } from '../config.ts'
import { parseDocument } from './document.ts'
import { readHostConfig, type HostDefaults } from './host-config.ts'
import { parseImageConfig } from './image-config.ts'
import { readMountFlags, readProcessConfig } from './process-config.ts'
import { allOf, type Checked } from './refusal.ts'

export interface CreateDefaults extends HostDefaults {
  /** The daemon's `native.umask`: 0o027 or 0o022. */
  readonly umask: number
}

export interface CreateDocuments {
  /** JSON texts of the wire; empty counts as `{}` (spec 22 section 7). */
  readonly hostConfig: string
  readonly customConfig: string
  /** The image's config file, verbatim. */
  readonly imageConfig: string
}

export interface ContainerConfig {
  readonly host: HostConfig
  readonly process: ProcessConfig
  /** Where the image wants volumes, as it spells them. */
  readonly imageVolumes: ReadonlyArray<string>
  /** What the image asks for and the engine does not do. */
  readonly warnings: ReadonlyArray<string>
}

/** Refuses by member name what is unknown, malformed, out of range or not supported yet. */
export const containerConfig = (
  { hostConfig, customConfig, imageConfig }: CreateDocuments,
  defaults: CreateDefaults,
): Checked<ContainerConfig> =>
  pipe(
    allOf({
      hostDocument: parseDocument('HostConfig', hostConfig),
      document: parseDocument('ContainerConfig', customConfig),
      image: parseImageConfig(imageConfig),
    }),
    E.chain(({ hostDocument, document, image }) =>
      pipe(
        allOf({ host: readHostConfig(hostDocument, defaults), flags: readMountFlags(document) }),
        E.chain(({ host, flags }) =>
          pipe(
            readProcessConfig({
              document,
              image,
              host,
              daemonUmask: defaults.umask,
            }),
            E.map((process) => ({
              host: { ...host, Mounts: [...host.Mounts, ...flags] },
              process,
              imageVolumes: image.Volumes,
              warnings: image.warnings,
            })),
          ),
        ),
      ),
    ),
  )
