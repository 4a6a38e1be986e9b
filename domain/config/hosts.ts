/** Listeners of the daemon: `unix:///path` and `tcp://address:port` (DAEMON-HOST-*). */
import * as E from 'fp-ts/lib/Either.js'
import { checkAll, refuse, type Checked } from '../container/validate/refusal.ts'
import { isIpv4, isIpv6 } from '../ip-address.ts'

export type Host =
  | { readonly _tag: 'Unix'; readonly path: string }
  | { readonly _tag: 'Tcp'; readonly address: string; readonly port: number }

export const defaultHost: Host = { _tag: 'Unix', path: '/var/run/isulad.sock' }

const maxHosts = 10

/** sun_path has 108 bytes, the last one is NUL (unix(7)). */
const maxSocketPath = 107

const parseTcp = (text: string): Checked<Host> => {
  const match = /^tcp:\/\/(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text)
  const [, six, other, portText] = match ?? []
  const address = six ?? other
  const legal = six === undefined ? other === 'localhost' || isIpv4(other ?? '') : isIpv6(six)
  const port = Number(portText)
  if (address === undefined || !legal || port > 65_535)
    return refuse(
      'hosts',
      `Invalid host "${text}": want tcp://<IP address or localhost>:<port from 0 to 65535>`,
    )
  return E.right({ _tag: 'Tcp', address, port })
}

const parseUnix = (text: string): Checked<Host> => {
  const path = text.slice('unix://'.length)
  return /^\/[^\0]*[^/\0]$/.test(path) && path.length <= maxSocketPath
    ? E.right({ _tag: 'Unix', path })
    : refuse(
        'hosts',
        `Invalid host "${text}": want unix:// and an absolute path of at most ` +
          `${maxSocketPath} characters`,
      )
}

export const parseHost = (text: string): Checked<Host> => {
  if (text.startsWith('unix://')) return parseUnix(text)
  if (text.startsWith('tcp://')) return parseTcp(text)
  return refuse('hosts', `Invalid host "${text}": want unix:// or tcp://`)
}

/** None given: the default socket only (DAEMON-HOST-03). */
export const parseHosts = (texts: ReadonlyArray<string>): Checked<ReadonlyArray<Host>> => {
  if (texts.length > maxHosts)
    return refuse('hosts', `Too many hosts: ${texts.length}, at most ${maxHosts} are allowed`)
  return texts.length === 0 ? E.right([defaultHost]) : checkAll(texts, parseHost)
}
