/** List: answered from memory, without a lock and without a wait. */
import * as E from 'fp-ts/lib/Either.js'
import type { Container } from '../../../domain/container/state.ts'
import { failure, success, type Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import {
  Container as ContainerMessage,
  type ListRequest,
  type ListResponse,
} from '../wire/containers.ts'
import { inListOrder, listPlan } from './list-filters.ts'
import {
  commandText,
  finishedMs,
  shownCode,
  shownPid,
  startedMs,
  statusNumber,
} from './shown-state.ts'
import { never, utcText } from './time-text.ts'

const timeText = (wallMs: number | undefined): string =>
  wallMs === undefined ? never : utcText(wallMs)

/** Nanoseconds do not fit a double: the digits are put together. */
const nanosecondsText = (wallMs: number): string => String(BigInt(Math.round(wallMs * 1e3)) * 1000n)

const convert = (c: Container): ContainerMessage =>
  ContainerMessage.fromPartial({
    id: c.id,
    pid: shownPid(c),
    status: statusNumber(c),
    image: c.image.reference,
    command: commandText(c),
    exit_code: shownCode(c),
    restartcount: c.restartCount,
    startat: timeText(startedMs(c)),
    finishat: timeText(finishedMs(c)),
    runtime: c.runtime,
    name: c.name,
    created: nanosecondsText(c.created.wallMs),
  })

/** States are immutable values: a message is made once for each. */
const messages = new WeakMap<Container, ContainerMessage>()

export const messageOf = (container: Container): ContainerMessage => {
  const known = messages.get(container)
  if (known !== undefined) return known
  const message = convert(container)
  messages.set(container, message)
  return message
}

export const list =
  (front: Front): UnaryWork<ListRequest, ListResponse> =>
  async ({ filters, all }) => {
    const plan = listPlan(filters, all)
    if (E.isLeft(plan)) return { ...failure(plan.left), containers: [] }
    const chosen = [...front.engine.world.containers.values()].filter(plan.right.test)
    const ordered = inListOrder(chosen, startedMs, plan.right.last)
    return { ...success, containers: ordered.map(messageOf) }
  }
