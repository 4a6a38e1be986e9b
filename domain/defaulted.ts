/** Members that configurations of older records lack. */
import * as t from 'io-ts'

/** A codec whose absent value is a default; it knows the codec of what is there. */
export class DefaultedType<A, O> extends t.Type<A, O> {
  readonly type: t.Type<A, O>

  constructor(type: t.Type<A, O>, value: A) {
    super(
      type.name,
      type.is,
      (u, context) => (u === undefined ? t.success(value) : type.validate(u, context)),
      type.encode,
    )
    this.type = type
  }
}

/** Absent reads as `value`, so that what was stored without the member is still read. */
export const defaulted = <A, O>(codec: t.Type<A, O>, value: A): DefaultedType<A, O> =>
  new DefaultedType(codec, value)
