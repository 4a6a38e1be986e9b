/** `isula attach` (CLI-ATTACH-*): the streams of a running container, its exit code at the end. */
import * as E from 'fp-ts/lib/Either.js'
import { detachKeysOf } from '../streams/detach-keys.ts'
import { showOutput } from '../streams/call-streams.ts'
import { enterRawMode, nudgedSize } from '../streams/terminal.ts'
import { calls } from '../transport/calls.ts'
import type { Duplex, Trailers } from '../transport/connection.ts'
import { grpcStatus, type CallFailure } from '../transport/failure.ts'
import { streamResult } from '../transport/stream-result.ts'
import type { AttachRequest } from '../../../adapters/rpc/wire/containers.ts'
import { fail, query, type Command, type CommandInput } from './command.ts'
import { endOnSignals, forwardSignals } from './forward-signals.ts'
import { inspectContainer, type InspectedContainer } from './inspected-container.ts'
import { followStreams, type StreamEnded } from './stream-call.ts'

interface Wish {
  readonly container: InspectedContainer
  readonly stdin: boolean
  readonly keys: ReadonlyArray<number>
  readonly proxySignals: boolean
}

const metadataOf = ({ container, stdin }: Wish): Readonly<Record<string, string>> => ({
  'container-id': container.id,
  'attach-stdin': String(stdin),
  'attach-stdout': 'true',
  'attach-stderr': 'true',
})

/** A cut line is no end of the container, and the user should know it. */
const lostText = (id: string): string =>
  `The connection with the daemon was lost; container ${id} is not touched by that, ` +
  'attach to it again'

const resultOf = (ended: E.Either<CallFailure, Trailers>, id: string): E.Either<string, void> =>
  E.isLeft(ended) && ended.left.code === grpcStatus.unavailable
    ? E.left(lostText(id))
    : E.map(() => undefined)(streamResult(ended))

const follow = (
  input: CommandInput,
  { container: { id, tty }, stdin, keys }: Wish,
  call: Duplex<AttachRequest>,
): Promise<StreamEnded> =>
  followStreams({
    call,
    inputOf: (bytes, finish) => ({ stdin: bytes, finish }),
    tty,
    stdin,
    keys,
    resize: (size) => query(input, calls.resize, { id, ...size }).then(E.isRight),
    sizeBefore: nudgedSize(),
  })

const session = async (input: CommandInput, wish: Wish): Promise<number> => {
  const { id } = wish.container
  // Before the stream: the code of a container that ends and goes at once is not missed.
  const waited = query(input, calls.wait, { id, condition: 0 })
  const opened = await input.connection.duplex(calls.attach, {
    metadata: metadataOf(wish),
    each: showOutput,
  })
  const ended = E.isLeft(opened) ? opened : await follow(input, wish, opened.right)
  if (ended === undefined) return 0
  const result = resultOf(ended, id)
  if (E.isLeft(result)) return fail(input, result.left)
  const exit = await waited
  return E.isLeft(exit) ? fail(input, exit.left) : exit.right.exit_code
}

const wishOf = async (input: CommandInput): Promise<E.Either<string, Wish>> => {
  const { flags, operands } = input
  const keys = detachKeysOf(flags.text('detach-keys'))
  if (E.isLeft(keys)) return keys
  const container = await inspectContainer(input, operands[0] ?? '')
  if (E.isLeft(container)) return container
  return E.right({
    container: container.right,
    stdin: container.right.openStdin && !flags.bool('no-stdin'),
    keys: keys.right,
    proxySignals: !container.right.tty && flags.text('sig-proxy') !== 'false',
  })
}

export const attach: Command = async (input) => {
  const wish = await wishOf(input)
  if (E.isLeft(wish)) return fail(input, wish.left)
  const { container, stdin, proxySignals } = wish.right
  const leave = container.tty && stdin ? enterRawMode() : () => undefined
  const stopSignals = proxySignals
    ? forwardSignals(input, container.id, leave)
    : endOnSignals(leave)
  try {
    return await session(input, wish.right)
  } finally {
    stopSignals()
    leave()
  }
}
