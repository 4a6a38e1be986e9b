/** What a new container's volumes mean: those that are made or filled for it, and what it takes. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { CommandOf } from '../../command.ts'
import type { CommandContext } from '../../decision.ts'
import type { DomainEvent } from '../../event.ts'
import type { HostView } from '../../host-view.ts'
import type { VolumeName } from '../../identity.ts'
import type { Refusal } from '../../refusal.ts'
import { volumeOperation } from '../../volume/references.ts'
import type { BindMount } from '../config.ts'
import type { Container } from '../state.ts'
import type { ContainerStorage, StorageRequest, VolumeUse, WantedVolume } from '../storage.ts'
import { ownTargets, userMounts } from '../validate/user-mounts.ts'

export interface CreateStorage {
  readonly storage: ContainerStorage
  /** Volumes to make or fill: they belong to the same batch. */
  readonly events: ReadonlyArray<DomainEvent>
}

type Create = CommandOf<'CreateContainer'>
type Inherited = Pick<ContainerStorage, 'volumes' | 'binds'>

const bindsOf = ({ host, storage }: Container): ReadonlyArray<BindMount> => {
  const mounts = userMounts(host)
  const own = E.isRight(mounts) ? mounts.right : []
  return [...storage.binds, ...own.flatMap((mount) => (mount.Type === 'bind' ? [mount] : []))]
}

const taken = (source: Container, readonly: boolean | null): Inherited => ({
  volumes: source.storage.volumes.map((use) => ({
    ...use,
    implied: true,
    readonly: readonly ?? use.readonly,
  })),
  binds: bindsOf(source).map((bind) => ({ ...bind, Readonly: readonly ?? bind.Readonly })),
})

/** The newest mount at each place counts; what the configuration mounts there itself wins. */
const inherit = (
  view: HostView,
  { from }: StorageRequest,
  own: ReadonlySet<string>,
): Either<Refusal, Inherited> => {
  const volumes = new Map<string, VolumeUse>()
  const binds = new Map<string, BindMount>()
  for (const { container, readonly } of from) {
    const source = view.container(container)
    if (source === undefined) return E.left({ _tag: 'NoSuchContainer', id: container })
    const found = taken(source, readonly)
    for (const bind of found.binds) {
      binds.set(bind.Target, bind)
      volumes.delete(bind.Target)
    }
    for (const use of found.volumes) {
      volumes.set(use.target, use)
      binds.delete(use.target)
    }
  }
  return E.right({
    volumes: [...volumes.values()].filter(({ target }) => !own.has(target)),
    binds: [...binds.values()].filter(({ Target }) => !own.has(Target)),
  })
}

const useOf = ({ volume, target, readonly, implied }: WantedVolume): VolumeUse => ({
  volume,
  target,
  readonly,
  implied,
})

const unusable = (view: HostView, name: VolumeName): Refusal | undefined => {
  const reason = view.quarantined(`volume:${name}`)
  if (reason !== undefined) return { _tag: 'Quarantined', subject: `volume ${name}`, reason }
  return view.volume(name)?.phase._tag === 'Removing'
    ? { _tag: 'VolumeBusy', name, doing: 'removed' }
    : undefined
}

/** The other container could not be made, nor could its volume: nobody makes that one again. */
const missing = (
  view: HostView,
  name: VolumeName,
  pending: ReadonlySet<string>,
): Refusal | undefined =>
  view.volume(name) === undefined && !pending.has(name) ? { _tag: 'NoSuchVolume', name } : undefined

interface Making {
  readonly view: HostView
  readonly command: Create
  readonly context: CommandContext
}

/** The first use that copies says from where; one that is in use is never filled. */
const made = (
  { view, command, context }: Making,
  wanted: ReadonlyArray<WantedVolume>,
): ReadonlyArray<DomainEvent> =>
  [...new Set(wanted.map(({ volume }) => volume))].flatMap((id, index): DomainEvent[] => {
    const uses = wanted.filter(({ volume }) => volume === id)
    const source = uses.find(({ copies }) => copies)
    const fill = source === undefined ? null : { layers: command.layers, path: source.target }
    const operation = volumeOperation(context.operation, index)
    const volume = view.volume(id)
    if (volume === undefined) {
      const anonymous = uses.some((use) => use.anonymous)
      return [{ _tag: 'VolumeCreateRequested', v: 1, id, operation, anonymous, fill }]
    }
    const fillable = volume.fresh && volume.phase._tag === 'Ready'
    return fill !== null && fillable && view.containersOfVolume(id).length === 0
      ? [{ _tag: 'VolumeFillRequested', v: 1, id, operation, fill }]
      : []
  })

export const createStorage = (making: Making): Either<Refusal, CreateStorage> => {
  const { view, command } = making
  const inherited = inherit(view, command.storage, ownTargets(command.host))
  if (E.isLeft(inherited)) return inherited
  const { binds, volumes } = inherited.right
  const places = new Set([
    ...volumes.map(({ target }) => target),
    ...binds.map(({ Target }) => Target),
  ])
  const wanted = command.storage.volumes.filter((w) => !w.implied || !places.has(w.target))
  const uses = [...volumes, ...wanted.map(useOf)]
  const events = made(making, wanted)
  const pending = new Set<string>(events.map((e) => ('id' in e ? e.id : '')))
  for (const { volume } of uses) {
    const refusal = unusable(view, volume) ?? missing(view, volume, pending)
    if (refusal !== undefined) return E.left(refusal)
  }
  const awaited = [...new Set(uses.map(({ volume }) => volume))].filter(
    (name) => pending.has(name) || view.volume(name)?.phase._tag !== 'Ready',
  )
  return E.right({ storage: { volumes: uses, binds, awaited }, events })
}
