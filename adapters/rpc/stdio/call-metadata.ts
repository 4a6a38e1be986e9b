/** What Attach, RemoteStart and RemoteExec say in metadata, and not in messages (spec 22.3). */
import type { Metadata } from '@grpc/grpc-js'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Verdict } from '../front.ts'
import type { Trailers } from '../server/duplex.ts'
import type { Attached } from './call-session.ts'

export interface StreamRequest {
  readonly container: string
  readonly attached: Attached
}

const textOf = (metadata: Metadata, name: string): string => {
  const value = metadata.get(name)[0]
  return typeof value === 'string' ? value : ''
}

const attachedOf = (metadata: Metadata, name: string): Either<string, boolean> => {
  const value = textOf(metadata, name)
  return value === 'true' || value === 'false'
    ? E.right(value === 'true')
    : E.left(`Invalid metadata ${name}: '${value}' is neither true nor false`)
}

/** Left: what is wrong, for the client. */
export const streamRequestOf = (metadata: Metadata): Either<string, StreamRequest> => {
  const container = textOf(metadata, 'container-id')
  if (container === '') return E.left("No metadata 'container-id' received")
  const stdin = attachedOf(metadata, 'attach-stdin')
  if (E.isLeft(stdin)) return stdin
  const stdout = attachedOf(metadata, 'attach-stdout')
  if (E.isLeft(stdout)) return stdout
  const stderr = attachedOf(metadata, 'attach-stderr')
  if (E.isLeft(stderr)) return stderr
  const attached = { stdin: stdin.right, stdout: stdout.right, stderr: stderr.right }
  return E.right({ container, attached })
}

/** A header holds printable ASCII alone: other texts travel as a JSON string. */
const headerValue = (text: string): string =>
  /^[ -~]*$/.test(text)
    ? text
    : JSON.stringify(text).replace(
        /[^ -~]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )

/** `exit_code` is there for exec alone. */
export const trailersOf = (verdict: Verdict & { readonly exit_code?: number }): Trailers => ({
  cc: String(verdict.cc),
  ...(verdict.exit_code === undefined ? {} : { exit_code: String(verdict.exit_code) }),
  ...(verdict.errmsg === '' ? {} : { errmsg: headerValue(verdict.errmsg) }),
})
