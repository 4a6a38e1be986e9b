/** Why an event happened: the sequence numbers of the events that led to it. */
import type { ContainerEvent } from '../../domain/container/events.ts'

/** Remembers, in journal order, the events of one container that others follow from. */
export class Causes {
  readonly #own = new Set<number>()
  readonly #operations = new Map<string, number>()
  readonly #starts = new Map<number, number>()
  readonly #ends = new Map<number, number>()
  readonly #execs = new Map<string, number>()
  #latestEnd: number | undefined
  #latestStop: number | undefined
  #scheduled: number | undefined
  #removal: number | undefined

  /**
   * `causation`: the cause that the envelope itself names; 0 for none. Within the container's own
   * stream it is only the event before, where the rules know the one that really led here.
   */
  of(event: ContainerEvent, seq: number, causation: number): ReadonlyArray<number> {
    const ruled = this.#causeOf(event)
    const named = ruled !== undefined && this.#own.has(causation) ? 0 : causation
    this.#own.add(seq)
    this.#remember(event, seq)
    const causes = [named === 0 ? undefined : named, ruled]
    return [...new Set(causes.filter((c): c is number => c !== undefined && c !== seq))]
  }

  #causeOf(event: ContainerEvent): number | undefined {
    switch (event._tag) {
      case 'ContainerStartRequested':
        return event.cause === 'policy' ? this.#scheduled : this.#operations.get(event.operation)
      case 'ContainerLaunched':
      case 'ContainerMonitorLost':
      case 'ContainerOomObserved':
        return this.#starts.get(event.attempt)
      case 'ContainerExited':
        return this.#causeOfExit(event)
      case 'ContainerReleased':
      case 'ContainerReleaseDelayed':
        return this.#ends.get(event.attempt)
      case 'ContainerRestartScheduled':
        return this.#latestEnd
      case 'ContainerRestartCancelled':
        return this.#scheduled
      case 'ContainerRemoveRequested':
        return event.cause === 'autoRemove' ? this.#latestEnd : undefined
      case 'ContainerRemoveDelayed':
      case 'ContainerRemoved':
        return this.#removal
      case 'ContainerExecEnded':
      case 'ContainerExecFailed':
        return this.#execs.get(event.exec)
      case 'ContainerVolumesReady':
      case 'ContainerRenamed':
        return undefined
      default:
        return this.#operations.get(event.operation)
    }
  }

  #causeOfExit(event: ContainerEvent & { _tag: 'ContainerExited' }): number | undefined {
    const asked = { stop: this.#latestStop, removal: this.#removal }
    return event.cause === 'stop' || event.cause === 'removal'
      ? asked[event.cause]
      : this.#starts.get(event.attempt)
  }

  #remember(event: ContainerEvent, seq: number): void {
    if ('operation' in event && !this.#operations.has(event.operation))
      this.#operations.set(event.operation, seq)
    switch (event._tag) {
      case 'ContainerStartRequested':
        this.#starts.set(event.attempt, seq)
        return
      case 'ContainerStartFailed':
      case 'ContainerExited':
        this.#ends.set(event.attempt, seq)
        this.#latestEnd = seq
        return
      case 'ContainerStopRequested':
        this.#latestStop = seq
        return
      case 'ContainerRestartScheduled':
        this.#scheduled = seq
        return
      case 'ContainerRemoveRequested':
      case 'ContainerCreateFailed':
        this.#removal = seq
        return
      case 'ContainerExecRequested':
        this.#execs.set(event.exec, seq)
        return
      default:
        return
    }
  }
}
