/** `--add-host`, `--dns`, `--dns-opt` and `--dns-search`. */
import * as E from 'fp-ts/lib/Either.js'
import { isIpAddress } from '../../ip-address.ts'
import { refuse, type Checked } from './refusal.ts'

export interface ExtraHost {
  readonly host: string
  readonly address: string
}

const hostName = /^[a-zA-Z0-9_]([a-zA-Z0-9_.-]{0,251}[a-zA-Z0-9_])?$/

/** `<host>:<ip>` (SYS-OPT-01); an IPv6 address may stand in brackets. */
export const parseExtraHost = (text: string): Checked<ExtraHost> => {
  const colon = text.indexOf(':')
  const host = colon < 0 ? '' : text.slice(0, colon)
  const given = colon < 0 ? '' : text.slice(colon + 1)
  const address = /^\[(.*)\]$/.exec(given)?.[1] ?? given
  return hostName.test(host) && isIpAddress(address)
    ? E.right({ host, address })
    : refuse('HostConfig.ExtraHosts', `Invalid host mapping "${text}": want <host>:<IP address>`)
}

export const checkExtraHost = (text: string): Checked<string> => {
  const parsed = parseExtraHost(text)
  return E.isLeft(parsed) ? parsed : E.right(text)
}

export const checkDnsServer = (text: string): Checked<string> =>
  isIpAddress(text)
    ? E.right(text)
    : refuse('HostConfig.Dns', `Invalid DNS server "${text}": want an IP address`)

/** `.` alone means: search nothing. */
export const checkDnsSearch = (text: string): Checked<string> =>
  text === '.' || hostName.test(text.replace(/\.$/, ''))
    ? E.right(text)
    : refuse('HostConfig.DnsSearch', `Invalid DNS search domain "${text}": want a domain name`)

/** Words of resolv.conf(5) such as `ndots:2`. */
export const checkDnsOption = (text: string): Checked<string> =>
  /^[a-zA-Z][a-zA-Z0-9-]*(:[a-zA-Z0-9.-]+)?$/.test(text)
    ? E.right(text)
    : refuse('HostConfig.DnsOptions', `Invalid DNS option "${text}": want a word such as ndots:2`)
