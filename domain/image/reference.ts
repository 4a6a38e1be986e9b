/** Image references: `[registry/]name[:tag][@digest]` (IMG-GEN-02, OCI distribution grammar). */
import * as E from 'fp-ts/lib/Either.js'

export interface Reference {
  /** With its registry where it has one: `localhost:5000/official/busybox`. */
  readonly repository: string
  readonly tag?: string
  /** `sha256:<64 hex digits>` or another algorithm's. */
  readonly digest?: string
}

/** Why a text is no reference; for the operator. */
export interface BadReference {
  readonly _tag: 'BadReference'
  readonly text: string
  readonly reason: string
}

const maxRepositoryLength = 255
const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const registryPattern = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?$`)
const partPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}$/
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/

const bad = (text: string, reason: string): E.Either<BadReference, never> =>
  E.left({ _tag: 'BadReference', text, reason })

/** The grammar: an optional registry and at least one plain name, which may look alike. */
const repositoryFault = (repository: string): string | undefined => {
  if (repository.length > maxRepositoryLength) return 'the name is longer than 255 characters'
  const parts = repository.split('/')
  const [first = ''] = parts
  const withRegistry = parts.length > 1 && registryPattern.test(first)
  const names = withRegistry ? parts.slice(1) : parts
  if (names.every((part) => partPattern.test(part))) return undefined
  return parts.length > 1 && !withRegistry && !partPattern.test(first)
    ? 'the registry is not a host name'
    : 'the name may have lower-case letters, digits and separators only'
}

const splitAtFirst = (text: string, mark: string): readonly [string, string | undefined] => {
  const at = text.indexOf(mark)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/** A colon after the last slash begins the tag; one before it belongs to the registry's port. */
const splitTag = (text: string): readonly [string, string | undefined] => {
  const colon = text.lastIndexOf(':')
  return colon <= text.lastIndexOf('/')
    ? [text, undefined]
    : [text.slice(0, colon), text.slice(colon + 1)]
}

export const parseReference = (text: string): E.Either<BadReference, Reference> => {
  const [named, digest] = splitAtFirst(text, '@')
  const [repository, tag] = splitTag(named)
  const fault = repositoryFault(repository)
  if (fault !== undefined) return bad(text, fault)
  if (tag !== undefined && !tagPattern.test(tag))
    return bad(text, 'the tag may have letters, digits, "_", "." and "-" only, 128 at most')
  if (digest !== undefined && !digestPattern.test(digest))
    return bad(text, 'the digest is not algorithm:hex')
  // 64 hex digits name an image by its id.
  if (/^[0-9a-f]{64}$/.test(repository)) return bad(text, 'the name looks like an image id')
  return E.right({
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  })
}

export const showReference = ({ repository, tag, digest }: Reference): string =>
  `${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`

/** The tag defaults to `latest`, unless a digest says which image is meant (IMG-GEN-02). */
export const normaliseReference = (text: string): E.Either<BadReference, string> => {
  const parsed = parseReference(text)
  if (E.isLeft(parsed)) return parsed
  const reference = parsed.right
  return E.right(
    showReference(
      reference.tag === undefined && reference.digest === undefined
        ? { ...reference, tag: 'latest' }
        : reference,
    ),
  )
}

/** A name to give to an image: a digest is not given, it is computed. */
export const newReference = (text: string): E.Either<BadReference, string> =>
  text.includes('@') ? bad(text, 'a name with a digest cannot be given') : normaliseReference(text)
