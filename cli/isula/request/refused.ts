/** A flag's value that the client itself refuses, before any request is made. */
import * as E from 'fp-ts/lib/Either.js'
import type { Checked } from '../../../domain/container/validate/refusal.ts'

/** Left: what to tell the user. */
export type Built<A> = E.Either<string, A>

export const spoken = <A>(checked: Checked<A>): Built<A> =>
  E.isLeft(checked) ? E.left(checked.left.message) : checked

export const eachBuilt = <A, B>(
  items: ReadonlyArray<A>,
  build: (item: A) => Built<B>,
): Built<ReadonlyArray<B>> => E.traverseArray(build)(items)

/** Applies `build` where a value was given. */
export const maybeBuilt = <A, B>(
  value: A | undefined,
  build: (value: A) => Built<B>,
): Built<B | undefined> => (value === undefined ? E.right(undefined) : build(value))
