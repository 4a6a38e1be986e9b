/** Where the daemon listens: `-H`, `ISULAD_HOST` (CLI-GLOBAL-01, CLI-GLOBAL-05). */
import * as E from 'fp-ts/lib/Either.js'

export type Address =
  | { readonly _tag: 'Unix'; readonly path: string }
  | { readonly _tag: 'Tcp'; readonly host: string; readonly port: number }

export const defaultHost = 'unix:///var/run/isulad.sock'

const hostAndPort = /^(?:tcp:\/\/)?(\[[0-9a-fA-F:]+\]|[A-Za-z0-9_.-]+):([0-9]{1,5})\/?$/

/** Without a scheme the text means tcp. Left: what to tell the user. */
export const parseAddress = (text: string): E.Either<string, Address> => {
  const path = text.startsWith('unix://') ? text.slice('unix://'.length) : ''
  if (path.startsWith('/')) return E.right({ _tag: 'Unix', path })
  const match = hostAndPort.exec(text)
  const port = Number(match?.[2])
  if (match?.[1] === undefined || port < 1 || port > 65535)
    return E.left(`Invalid host '${text}': use unix:///PATH or tcp://HOST:PORT`)
  return E.right({ _tag: 'Tcp', host: match[1].replace(/^\[|\]$/g, ''), port })
}
