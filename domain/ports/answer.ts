/** What the answer of an effect means for the world. Recovery branches on tags, never on text. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

/**
 * The effect did not happen and left nothing behind. `errno` is the kernel's name (`EBUSY`), or one
 * of our own where a program answers with text: `ERUNTIME` (OCI runtime), `EMONITOR` (conmon),
 * `EVERIFY` (digest mismatch), `EUSER` (unknown user or group).
 */
export interface NotApplied {
  readonly _tag: 'NotApplied'
  readonly errno: string
  readonly detail: string
}

/** It may have happened: the host is observed before anything else is done. */
export interface Indeterminate {
  readonly _tag: 'Indeterminate'
  readonly reason: string
}

export type EffectError = NotApplied | Indeterminate

/** A port's answer: `Right` means applied. Never rejects. */
export type Answer<A> = TaskEither<EffectError, A>

export const notApplied = (errno: string, detail: string): NotApplied => ({
  _tag: 'NotApplied',
  errno,
  detail,
})

export const indeterminate = (reason: string): Indeterminate => ({ _tag: 'Indeterminate', reason })

/** Wraps an adapter's promise: `classify` maps every rejection to what it means for the world. */
export const answering =
  <A>(run: () => Promise<A>, classify: (error: unknown) => EffectError): Answer<A> =>
  () =>
    run().then(
      (a) => E.right(a),
      (error: unknown) => E.left(classify(error)),
    )
