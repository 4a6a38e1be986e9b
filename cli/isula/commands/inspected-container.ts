/** What the client itself needs to know of a container before it can open a session with it. */
import * as E from 'fp-ts/lib/Either.js'
import { calls } from '../transport/calls.ts'
import { query, type CommandInput } from './command.ts'

const inspectSeconds = 120

export interface InspectedContainer {
  readonly id: string
  readonly tty: boolean
  readonly openStdin: boolean
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** The name or prefix becomes an id, which FIFO folders are named after. */
export const inspectContainer = async (
  input: CommandInput,
  name: string,
): Promise<E.Either<string, InspectedContainer>> => {
  const reply = await query(input, calls.inspect, { id: name, timeout: inspectSeconds })
  if (E.isLeft(reply)) return reply
  const object: unknown = JSON.parse(reply.right.ContainerJSON)
  if (!isRecord(object) || typeof object['Id'] !== 'string')
    return E.left(`Error response from daemon: unreadable description of container ${name}`)
  const config = isRecord(object['Config']) ? object['Config'] : {}
  return E.right({
    id: object['Id'],
    tty: config['Tty'] === true,
    openStdin: config['OpenStdin'] === true,
  })
}
