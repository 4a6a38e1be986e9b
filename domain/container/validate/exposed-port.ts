/** `--expose` and the `ExposedPorts` of create documents: `80/tcp`, `8000-8010/udp`. */
import * as E from 'fp-ts/lib/Either.js'
import { checkAll, refuse, type Checked } from './refusal.ts'

const field = 'ContainerConfig.ExposedPorts'
const highestPort = 65_535

const isPort = (port: number): boolean => port >= 1 && port <= highestPort

/** Every port of the range with its protocol; tcp unless given. */
export const parseExposed = (text: string): Checked<ReadonlyArray<string>> => {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/i.exec(text)
  const [, low = '', high = low, protocol = 'tcp'] = match ?? []
  const [first, last] = [Number(low), Number(high)]
  if (match === null || !isPort(first) || !isPort(last) || last < first)
    return refuse(
      field,
      `Invalid port "${text}" to expose: want <port>[-<port>][/tcp|udp|sctp], ports of 1 to 65535`,
    )
  return E.right(
    Array.from({ length: last - first + 1 }, (_, n) => `${first + n}/${protocol.toLowerCase()}`),
  )
}

/** Of all texts, each port once. */
export const exposedPorts = (texts: ReadonlyArray<string>): Checked<ReadonlyArray<string>> => {
  const all = checkAll(texts, parseExposed)
  return E.isLeft(all) ? all : E.right([...new Set(all.right.flat())])
}
