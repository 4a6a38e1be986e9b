/** The two operands of `isula cp`: which of them is in a container (CLI-CP-01). */
import * as E from 'fp-ts/lib/Either.js'

export interface InContainer {
  readonly container: string
  readonly path: string
}

export type CopyWish =
  | { readonly _tag: 'Out'; readonly from: InContainer; readonly to: string }
  | { readonly _tag: 'In'; readonly from: string; readonly to: InContainer }

/** A path that begins with `/` or `.` is local, whatever colons it holds. */
const parsed = (operand: string): InContainer | undefined => {
  const colon = operand.indexOf(':')
  if (colon < 1 || operand.startsWith('/') || operand.startsWith('.')) return undefined
  return { container: operand.slice(0, colon), path: operand.slice(colon + 1) }
}

/** Left: what to tell the user. */
export const copyWish = (source: string, destination: string): E.Either<string, CopyWish> => {
  const [from, to] = [parsed(source), parsed(destination)]
  if (from !== undefined && to !== undefined)
    return E.left('copying between containers is not supported')
  if (from?.path === '' || to?.path === '')
    return E.left('Invalid path: the path in the container may not be empty')
  if (from !== undefined && destination !== '')
    return E.right({ _tag: 'Out', from, to: destination })
  if (to !== undefined && source !== '') return E.right({ _tag: 'In', from: source, to })
  return E.left('must specify at least one container source: CONTAINER:PATH')
}
