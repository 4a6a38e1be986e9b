/** gRPC calls that are wrong: their frames, their messages, their metadata, their documents. */
import type { Prng } from '../../simulator/schedule/prng.ts'
import { randomBytes } from './malformed-frames.ts'
import { bytes, number, text, varint } from './protobuf.ts'
import { grpcFrame } from './upstream-client.ts'

export interface BadCall {
  readonly path: string
  readonly body: Buffer
  readonly metadata: Readonly<Record<string, string | ReadonlyArray<string>>>
  /** The reply must be a refusal; else any status will do. */
  readonly refused: boolean
}

const container = (name: string): string => `/containers.ContainerService/${name}`

/** Where an unreadable or empty request could do nothing, whatever is made of it. */
const askable = [
  ...['Start', 'Stop', 'Kill', 'Delete', 'Pause', 'Resume', 'Inspect', 'List', 'Stats', 'Wait'],
  ...['Events', 'Exec', 'Version', 'Info', 'Update', 'Restart', 'Rename', 'Logs', 'Resize', 'Top'],
  ...['Create', 'Attach', 'RemoteStart', 'RemoteExec', 'CopyFromContainer', 'CopyToContainer'],
  ...['Export', 'Nothing', '', '../Create', '%00'],
].map(container)

const others = [
  ...['List', 'Delete', 'Load', 'Inspect', 'Tag'].map((name) => `/images.ImagesService/${name}`),
  '/volume.VolumeService/List',
  '/volume.VolumeService/Remove',
  '/network.NetworkService/Inspect',
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
  '/',
  '/x',
]

const paths: readonly [string, ...ReadonlyArray<string>] = ['/', ...askable, ...others]

/** No id and no prefix of one can come out of these. */
const withoutHex = (random: Buffer): Buffer =>
  Buffer.from(random.map((byte) => (/[0-9a-f]/.test(String.fromCharCode(byte)) ? 0xf5 : byte)))

const badFrame = (prng: Prng): Buffer => {
  const message = withoutHex(randomBytes(prng, 40))
  const framed = grpcFrame(message)
  switch (prng.below(7)) {
    case 0:
      return framed.subarray(0, prng.below(framed.length))
    case 1:
      framed.writeUInt8(1 + prng.below(255), 0)
      return framed
    case 2:
      framed.writeUInt32BE(prng.next(), 1)
      return framed
    case 3:
      return Buffer.concat([framed, framed, framed])
    case 4:
      return Buffer.concat([framed, withoutHex(randomBytes(prng, 9))])
    case 5:
      return Buffer.alloc(0)
    default:
      return withoutHex(randomBytes(prng, 60))
  }
}

/** Messages that break protobuf's own rules, or that no client would send. */
const badMessage = (prng: Prng): Buffer => {
  const field = 1 + prng.below(16)
  switch (prng.below(9)) {
    case 0:
      return withoutHex(randomBytes(prng, 120))
    case 1: // A length that is longer than all there is.
      return Buffer.concat([varint(BigInt(field * 8 + 2)), varint(BigInt(prng.next()))])
    case 2: // A number that never ends.
      return Buffer.concat([varint(BigInt(field * 8)), Buffer.alloc(12, 0xff)])
    case 3: // Field number 0 and wire types that do not exist.
      return Buffer.from([prng.pick([0, 6, 7, 14, 15]), prng.below(256)])
    case 4: // A text that is no UTF-8.
      return bytes(field, Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80]))
    case 5: // A number where a text belongs.
      return number(1, prng.next())
    case 6: // Groups that are opened and never closed, one in the other.
      return Buffer.alloc(1 + prng.below(200), 0x0b)
    case 7: // A name of no container.
      return text(1, prng.pick(['~', '../..', '/', '\0', 'x'.repeat(5_000), '{{.}}', '%s%n', '*']))
    default: // Numbers out of every range.
      return Buffer.concat([
        text(1, '~'),
        number(2, -1n),
        number(3, 1n << 63n),
        number(9, 1n << 40n),
      ])
  }
}

const badMetadata = (prng: Prng): BadCall['metadata'] =>
  prng.pick([
    { 'isulad-request-id': 'x'.repeat(300) },
    { 'isulad-request-id': '../../etc/passwd' },
    { 'grpc-timeout': '-1S' },
    { 'grpc-timeout': '99999999999H' },
    { 'grpc-timeout': 'soon' },
    { 'grpc-encoding': 'br' },
    { 'content-type': 'text/html' },
    { 'isulad-remote-exec': '{"container_id":' },
    { 'isulad-copy-to-container': '[]' },
    { 'container-id': '~', 'attach-stdout': 'perhaps' },
    { 'x-bin': '!!!!' },
    { x: Array.from({ length: 40 }, (_, n) => String(n).repeat(90)) },
  ])

const jsonAtoms: readonly [unknown, ...ReadonlyArray<unknown>] = [
  null,
  true,
  -1,
  1e300,
  0.5,
  '',
  'x',
  [],
  {},
  [null],
  { '': {} },
  '\u0000',
]

/** Members that cannot be what they are given: nothing is made from such a document. */
const wrongMembers: readonly [
  readonly [string, unknown],
  ...ReadonlyArray<readonly [string, unknown]>,
] = [
  ['Memory', '64m'],
  ['Binds', 'a:b'],
  ['Binds', [1]],
  ['RestartPolicy', 'no'],
  ['RestartPolicy', { Name: 'sometimes' }],
  ['Privileged', 'yes'],
  ['CapAdd', { all: true }],
  ['Ulimits', [{ Name: 5 }]],
  ['Tmpfs', ['/t']],
  ['PidsLimit', [5]],
  ['NetworkMode', 7],
  ['Mounts', [{ Type: 'floppy', Target: '/x' }]],
]

const nested = (depth: number, open: string, close: string): string =>
  open.repeat(depth) + close.repeat(depth)

const badDocument = (prng: Prng): string => {
  const good = JSON.stringify({ RestartPolicy: { Name: 'no' }, Memory: 8388608 })
  switch (prng.below(8)) {
    case 0:
      return good.slice(0, 1 + prng.below(good.length - 1))
    case 1:
      return `${good}${prng.pick(['}', ',', 'x', '{}', '\u0000'])}`
    case 2:
      return JSON.stringify(prng.pick([[], 5, 'x', true, null, [{}]]))
    case 3:
      return nested(1 + prng.below(20_000), '[', ']')
    case 4:
      return nested(1 + prng.below(5_000), '{"a":', '1}')
        .replace(/^/, ' ')
        .slice(0, -1)
    case 5:
      return randomBytes(prng, 200).toString('latin1').replace(/^/, '\u0001')
    default: {
      const [name, value] = prng.pick(wrongMembers)
      const more = { [prng.pick(['__proto__', 'constructor', 'Extra', ''])]: prng.pick(jsonAtoms) }
      return JSON.stringify({ ...more, [name]: value })
    }
  }
}

const createOf = (prng: Prng): Buffer => {
  const bad = Buffer.from(badDocument(prng))
  const plain = Buffer.from('{"Annotations":{}}')
  const host = Buffer.from('{"RestartPolicy":{"Name":"no"}}')
  // A bad custom document is one that is no object at all.
  const [hostconfig, customconfig] = prng.oneIn(4)
    ? [
        host,
        Buffer.from(prng.pick(['[]', '5', '{', '{"Cmd":"sh"}', '{"Env":{}}', '"x"', '\u0000'])),
      ]
    : [bad, plain]
  return Buffer.concat([text(3, 'busybox'), bytes(5, hostconfig), bytes(6, customconfig)])
}

export const badCall = (prng: Prng): BadCall => {
  const path = prng.pick(paths)
  const kind = prng.below(10)
  if (kind < 3) return { path, body: badFrame(prng), metadata: {}, refused: false }
  if (kind < 6) return { path, body: grpcFrame(badMessage(prng)), metadata: {}, refused: false }
  if (kind < 7)
    return { path, body: grpcFrame(text(1, '~')), metadata: badMetadata(prng), refused: false }
  return {
    path: container('Create'),
    body: grpcFrame(createOf(prng)),
    metadata: {},
    refused: true,
  }
}
