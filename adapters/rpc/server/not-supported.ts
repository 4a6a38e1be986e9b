/** Answers of calls that belong to later work: a clear text, never a silent success. */
import { status } from '@grpc/grpc-js'
import { failure, type Verdict } from '../front.ts'
import { notSupported } from '../texts.ts'

/** For calls whose reply holds `cc` and `errmsg`; `rest` are the reply's other members. */
export const refusing =
  <R>(what: string, rest: R) =>
  (): Promise<R & Verdict> =>
    Promise.resolve({ ...rest, ...failure(notSupported(what)) })

/** For streaming calls, which have no other place for an error than the status. */
export const refusingStream =
  (what: string) =>
  (call: { readonly emit: (event: 'error', error: object) => unknown }): void =>
    void call.emit('error', { code: status.UNIMPLEMENTED, details: notSupported(what) })
