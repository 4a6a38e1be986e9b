/** A run's trace with its events in it, each at the append that made it durable. */
import { streamOf } from '../../domain/event.ts'
import { shorten } from '../../properties/rules/invariants.ts'
import type { RuleStep } from '../../properties/rules/rule.ts'
import { together, watchRule, type Watched } from '../../properties/rules/watch.ts'
import type { PlantedBug } from '../../simulator/faults/planted.ts'

interface EventLine {
  readonly atMs: number
  readonly text: string
}

/** Members that the line says already, or that are of no use to a reader. */
const untold = new Set(['_tag', 'v', 'id', 'host', 'process', 'layers', 'image', 'cgroupPath'])

const membersOf = (event: RuleStep['event']): string => {
  const told = Object.entries(event).filter(([key]) => !untold.has(key))
  return told.map(([key, value]) => ` ${key}=${JSON.stringify(value)}`).join('')
}

const lineOf = ({ event, envelope, atMs }: RuleStep): EventLine => {
  const text = `event ${envelope.seq} ${event._tag} of ${streamOf(event)}${membersOf(event)}`
  return { atMs, text: shorten(text) }
}

export class TracedEvents {
  readonly #lines: EventLine[] = []
  readonly #watched: Watched = watchRule('trace', () => (step) => {
    this.#lines.push(lineOf(step))
    return []
  })

  /** For the run: its events are noted, and the bug is in it as well. */
  with(bug: PlantedBug | undefined): PlantedBug {
    const { attachment } = this.#watched
    return bug === undefined ? attachment : together(attachment, bug)
  }

  /** Events follow the lines of their time. */
  woven(trace: string): string {
    const left = [...this.#lines]
    const before = (atMs: number): ReadonlyArray<string> => {
      const end = left.findIndex((line) => line.atMs >= atMs)
      const now = left.splice(0, end === -1 ? left.length : end)
      return now.map((line) => `${String(line.atMs).padStart(8)} ms    ${line.text}`)
    }
    const lines = trace.split('\n').flatMap((line) => [...before(Number.parseInt(line)), line])
    return [...lines, ...before(Infinity)].join('\n')
  }
}
