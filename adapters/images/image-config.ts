/** The image config, which docker-archives and OCI layouts share. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { DiffId } from '../../domain/identity.ts'
import { malformed } from '../layers/tar/archive-error.ts'
import { decodeDocument } from './json-document.ts'

const orNull = <C extends t.Mixed>(codec: C) => t.union([codec, t.null])
const texts = orNull(t.array(t.string))
const names = orNull(t.UnknownRecord)

/** What a container takes from its image (OCI image spec, config.md). */
const Execution = t.partial({
  User: t.string,
  Env: texts,
  Entrypoint: texts,
  Cmd: texts,
  WorkingDir: t.string,
  Labels: orNull(t.record(t.string, t.string)),
  Volumes: names,
  ExposedPorts: names,
  StopSignal: t.string,
})

/** Members that we do not use are left alone: writers add their own. */
const ImageConfig = t.intersection([
  t.type({ rootfs: t.type({ diff_ids: texts }) }),
  t.partial({ os: t.string, architecture: t.string, config: orNull(Execution) }),
])

/** Docker's limit, too; overlayfs itself would take some more. */
export const maxLayers = 125

/** The diff ids of an image config, bottom layer first. */
export const parseDiffIds = (text: string, what: string): ReadonlyArray<DiffId> => {
  const config = decodeDocument(ImageConfig, text, what)
  if (config.os !== undefined && config.os !== '' && config.os !== 'linux')
    throw malformed(`${what}: os ${JSON.stringify(config.os.slice(0, 64))} is not supported`)
  const ids = config.rootfs.diff_ids ?? []
  if (ids.length > maxLayers)
    throw malformed(`${what}: ${ids.length} layers are more than ${maxLayers}`)
  return ids.map((id, i) => {
    const diff = DiffId.decode(id.startsWith('sha256:') ? id.slice('sha256:'.length) : '')
    if (E.isLeft(diff)) throw malformed(`${what}: rootfs.diff_ids.${i} is not sha256:<64 digits>`)
    return diff.right
  })
}
