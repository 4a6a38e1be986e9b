/** Asks every touched aggregate what is due, and again when its next deadline has come. */
import type { Command } from '../../domain/command.ts'
import { dueContainer } from '../../domain/container/due/due-container.ts'
import type { ContainerId, LayerId, VolumeName } from '../../domain/identity.ts'
import { dueLayer } from '../../domain/layer/due.ts'
import { dueVolume } from '../../domain/volume/due.ts'
import { idle, type Due } from '../../domain/plan.ts'
import type { ClockPort, TimerPort } from '../../domain/ports/ambient-ports.ts'
import type { World } from '../fold/world.ts'
import type { RunnerShell } from './runner-shell.ts'

export interface DueLoopParts {
  readonly world: World
  readonly runner: RunnerShell
  readonly clock: ClockPort
  readonly timer: TimerPort
  readonly submit: (command: Command) => void
}

export class DueLoop {
  readonly #parts: DueLoopParts
  readonly #alarms = new Map<string, () => void>()
  #stopped = false

  constructor(parts: DueLoopParts) {
    this.#parts = parts
  }

  /** `entity` as in `entityOfChange`; `suspect` when its intents may be older than this engine. */
  ask(entity: string, suspect: boolean): void {
    if (this.#stopped) return
    const due = this.#due(entity)
    this.#alarms.get(entity)?.()
    this.#alarms.delete(entity)
    if (due.wakeAt !== undefined) this.#setAlarm(entity, due.wakeAt)
    this.#parts.runner.due(entity, due.plans, suspect)
    for (const command of due.commands) this.#parts.submit(command)
  }

  askAll(suspect: boolean): void {
    const { world } = this.#parts
    for (const id of [...world.containers.keys()]) this.ask(`container:${id}`, suspect)
    for (const id of [...world.layers.keys()]) this.ask(`layer:${id}`, suspect)
    for (const id of [...world.volumes.keys()]) this.ask(`volume:${id}`, suspect)
  }

  stop(): void {
    this.#stopped = true
    for (const cancel of this.#alarms.values()) cancel()
    this.#alarms.clear()
  }

  #setAlarm(entity: string, atMs: number): void {
    const cancel = this.#parts.timer.at(atMs, () => {
      this.#alarms.delete(entity)
      this.ask(entity, false)
    })
    this.#alarms.set(entity, cancel)
  }

  #due(entity: string): Due {
    const { world, clock } = this.#parts
    if (world.quarantined(entity) !== undefined) return idle
    const colon = entity.indexOf(':')
    const id = entity.slice(colon + 1)
    switch (entity.slice(0, colon)) {
      case 'container': {
        const container = world.container(id as ContainerId)
        return container === undefined ? idle : dueContainer(container, clock.now())
      }
      case 'layer': {
        const layer = world.layer(id as LayerId)
        return layer === undefined ? idle : dueLayer(layer)
      }
      case 'volume': {
        const volume = world.volume(id as VolumeName)
        return volume === undefined ? idle : dueVolume(volume)
      }
      default:
        return idle
    }
  }
}
