/** Rules with one mistake each: what a wrong `decide` could look like (M3). */
import * as E from 'fp-ts/lib/Either.js'
import type { ContainerEvent } from '../../domain/container/events.ts'
import { decide } from '../../domain/decide.ts'
import type { Decision } from '../../domain/decision.ts'
import type { DomainEvent } from '../../domain/event.ts'
import type { InvariantId } from '../lifecycle/invariants.ts'

export interface RuleBug {
  readonly name: string
  /** The invariant that must notice; others may, too. */
  readonly caughtBy: InvariantId
  readonly rules: typeof decide
}

/** Our rules with other events. */
const changing =
  (
    change: (
      events: ReadonlyArray<DomainEvent>,
      ...all: Parameters<typeof decide>
    ) => ReadonlyArray<DomainEvent>,
  ): typeof decide =>
  (view, command, context): Decision => {
    const decision = decide(view, command, context)
    return E.isLeft(decision)
      ? decision
      : E.right({
          ...decision.right,
          events: change(decision.right.events, view, command, context),
        })
  }

const without = (tag: DomainEvent['_tag']): typeof decide =>
  changing((events) => events.filter((e) => e._tag !== tag))

const mapped = <Tag extends ContainerEvent['_tag']>(
  tag: Tag,
  change: (event: Extract<ContainerEvent, { _tag: Tag }>) => DomainEvent,
): typeof decide =>
  changing((events) =>
    events.map((e) => (e._tag === tag ? change(e as Extract<ContainerEvent, { _tag: Tag }>) : e)),
  )

export const ruleBugs: ReadonlyArray<RuleBug> = [
  {
    name: 'a pause of a container that is being stopped throws',
    caughtBy: 'D1',
    rules: (view, command, context) => {
      const c = command._tag === 'PauseContainer' ? view.container(command.id) : undefined
      if (c?.phase._tag === 'Running' && c.phase.stop !== null) throw new Error('not thought of')
      return decide(view, command, context)
    },
  },
  {
    name: 'a stop of a container that has exited ends it once more',
    caughtBy: 'D2',
    rules: changing((events, view, command) => {
      const c = command._tag === 'StopContainer' ? view.container(command.id) : undefined
      return c?.phase._tag !== 'Exited' || c.lastRun === null
        ? events
        : [
            ...events,
            {
              _tag: 'ContainerExited',
              v: 1,
              id: c.id,
              attempt: c.attempt,
              exit: c.lastRun.exit,
              oomKilled: false,
              cause: 'stop',
            },
          ]
    }),
  },
  {
    name: 'a second removal asks for the removal again',
    caughtBy: 'D3',
    rules: changing((events, view, command, context) => {
      const c = command._tag === 'RemoveContainer' ? view.container(command.id) : undefined
      return c?.phase._tag !== 'Removing'
        ? events
        : [
            {
              _tag: 'ContainerRemoveRequested',
              v: 1,
              id: c.id,
              operation: context.operation,
              cause: 'user',
              volumes: false,
            },
          ]
    }),
  },
  {
    name: 'a rename takes the name of another container',
    caughtBy: 'D4',
    rules: (view, command, context) =>
      decide(
        command._tag === 'RenameContainer'
          ? { ...viewOf(view), containerByName: () => undefined }
          : view,
        command,
        context,
      ),
  },
  {
    name: 'a start does not count its attempt',
    caughtBy: 'W3',
    rules: mapped('ContainerStartRequested', (e) => ({
      ...e,
      attempt: Math.max(1, e.attempt - 1),
    })),
  },
  {
    name: 'an exit leaves signals under way without an outcome',
    caughtBy: 'W4',
    rules: without('ContainerSignalFailed'),
  },
  {
    name: 'the exit of a container that is removed is recorded twice',
    caughtBy: 'W5',
    rules: changing((events) =>
      events.flatMap((e) => (e._tag === 'ContainerExited' && e.cause === 'removal' ? [e, e] : [e])),
    ),
  },
  {
    name: 'a removed container is released after its end',
    caughtBy: 'W8',
    rules: changing((events) =>
      events.flatMap((e): ReadonlyArray<DomainEvent> =>
        e._tag === 'ContainerRemoved'
          ? [e, { _tag: 'ContainerReleased', v: 1, id: e.id, attempt: 1 }]
          : [e],
      ),
    ),
  },
  {
    name: 'removing an image retires the layers of its containers',
    caughtBy: 'W9',
    rules: (view, command, context) =>
      decide(
        command._tag === 'RemoveImage'
          ? { ...viewOf(view), containersOfLayer: () => [], containersOfImage: () => [] }
          : view,
        command,
        context,
      ),
  },
  {
    name: 'the back-off does not grow',
    caughtBy: 'W11',
    rules: mapped('ContainerRestartScheduled', (e) => ({ ...e, delayMs: e.delayMs + 50 })),
  },
  {
    name: 'a retry more than the policy allows',
    caughtBy: 'W11',
    rules: mapped('ContainerRestartScheduled', (e) => ({ ...e, count: e.count + 1 })),
  },
  { name: 'a removal never ends', caughtBy: 'L2', rules: without('ContainerRemoved') },
  { name: 'a stop is never given up', caughtBy: 'L3', rules: without('ContainerStopAbandoned') },
  {
    name: 'a retired layer is remembered as retiring',
    caughtBy: 'L2',
    rules: without('LayerRetired'),
  },
]

/** The members of a class instance do not travel with a spread. */
const viewOf = (view: Parameters<typeof decide>[0]): Parameters<typeof decide>[0] => ({
  container: (id) => view.container(id),
  containerByName: (name) => view.containerByName(name),
  image: (id) => view.image(id),
  imageByReference: (reference) => view.imageByReference(reference),
  layer: (id) => view.layer(id),
  containersOfImage: (id) => view.containersOfImage(id),
  imagesOfLayer: (id) => view.imagesOfLayer(id),
  containersOfLayer: (id) => view.containersOfLayer(id),
  volume: (id) => view.volume(id),
  containersOfVolume: (id) => view.containersOfVolume(id),
  quarantined: (stream) => view.quarantined(stream),
  engine: () => view.engine(),
})
