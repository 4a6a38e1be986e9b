/** The documents of a docker-archive: `manifest.json` and the image configs that it names. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { DiffId } from '../../domain/identity.ts'
import { malformed } from '../layers/tar/archive-error.ts'

/** Members that we do not use are left alone: writers add their own. */
const ManifestItem = t.intersection([
  t.type({ Config: t.string, Layers: t.array(t.string) }),
  t.partial({ RepoTags: t.union([t.array(t.string), t.null]) }),
])
const Manifest = t.array(ManifestItem)
export type ManifestItem = t.TypeOf<typeof ManifestItem>

const ImageConfig = t.intersection([
  t.type({ rootfs: t.type({ diff_ids: t.union([t.array(t.string), t.null]) }) }),
  t.partial({ os: t.string }),
])

const parseJson = (text: string, what: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed(`${what}: ${error.message}`)
    throw error
  }
}

const fieldOf = ({ context }: t.ValidationError): string =>
  context
    .map(({ key }) => key)
    // io-ts names the members of an intersection by numbers: they are no part of the document.
    .filter((key, i) => key !== '' && !(context[i - 1]?.type instanceof t.IntersectionType))
    .join('.')

const decode = <A>(codec: t.Type<A>, text: string, what: string): A => {
  const decoded = codec.decode(parseJson(text, what))
  if (E.isRight(decoded)) return decoded.right
  const [first] = decoded.left
  throw malformed(`${what}: ${first === undefined ? 'malformed' : `${fieldOf(first)} is wrong`}`)
}

export const parseManifest = (text: string): ReadonlyArray<ManifestItem> =>
  decode(Manifest, text, 'manifest.json')

/** The diff ids of an image config, bottom layer first. */
export const parseDiffIds = (text: string, what: string): ReadonlyArray<DiffId> => {
  const config = decode(ImageConfig, text, what)
  if (config.os !== undefined && config.os !== '' && config.os !== 'linux')
    throw malformed(`${what}: os "${config.os}" is not supported`)
  return (config.rootfs.diff_ids ?? []).map((id, i) => {
    const diff = DiffId.decode(id.startsWith('sha256:') ? id.slice('sha256:'.length) : '')
    if (E.isLeft(diff)) throw malformed(`${what}: rootfs.diff_ids.${i} is not sha256:<64 digits>`)
    return diff.right
  })
}
