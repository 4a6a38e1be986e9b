/** Why a user's value is refused, with a text that names field, value and what is allowed. */
import { sequenceS } from 'fp-ts/lib/Apply.js'
import * as E from 'fp-ts/lib/Either.js'

export interface ConfigRefusal {
  readonly _tag: 'ConfigRefusal'
  /** The member or flag at fault, such as `HostConfig.Memory`. */
  readonly field: string
  /** Whole sentence for the client. */
  readonly message: string
}

export type Checked<A> = E.Either<ConfigRefusal, A>

export const configRefusal = (field: string, message: string): ConfigRefusal => ({
  _tag: 'ConfigRefusal',
  field,
  message,
})

export const refuse = (field: string, message: string): E.Either<ConfigRefusal, never> =>
  E.left(configRefusal(field, message))

/** `checkAll(xs, f)`: all results, or the first refusal. */
export const checkAll = <A, B>(
  items: ReadonlyArray<A>,
  check: (item: A) => Checked<B>,
): Checked<ReadonlyArray<B>> => {
  const results: Array<B> = []
  for (const item of items) {
    const result = check(item)
    if (E.isLeft(result)) return result
    results.push(result.right)
  }
  return E.right(results)
}

/** A record of checks as a check of the record; the first refusal in the order of the members. */
export const allOf = sequenceS(E.Apply)
