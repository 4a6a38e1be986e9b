/** The life of each container as spans of one state: what a picture of the journal is made of. */
import { evolveContainer } from '../../domain/container/evolve.ts'
import { statusWord, type Container, type StatusWord } from '../../domain/container/state.ts'
import { isContainerEvent } from '../../domain/event.ts'
import { envelopeTime, type RecordedEvent } from '../engine/recorded-event.ts'

export interface Span {
  readonly state: StatusWord
  readonly fromSeq: number
  readonly fromMs: number
  /** Sequence of the event that ended it; undefined: it lasts. */
  readonly toSeq: number | undefined
  readonly toMs: number | undefined
}

export interface Lane {
  readonly id: string
  readonly name: string
  readonly spans: ReadonlyArray<Span>
}

interface Draft {
  readonly id: string
  name: string
  container: Container | undefined
  readonly ended: Span[]
  open: { readonly state: StatusWord; readonly seq: number; readonly ms: number } | undefined
}

const spansOf = ({ ended, open }: Draft): ReadonlyArray<Span> =>
  open === undefined
    ? ended
    : [
        ...ended,
        {
          state: open.state,
          fromSeq: open.seq,
          fromMs: open.ms,
          toSeq: undefined,
          toMs: undefined,
        },
      ]

/** Fed with every event from the first on. Containers in the order of their creation. */
export class Lanes {
  readonly #drafts = new Map<string, Draft>()

  /** A container that was there before the first event. */
  begin(container: Container, seq: number, ms: number): void {
    const open = { state: statusWord(container), seq, ms }
    const { id, name } = container
    this.#drafts.set(id, { id, name, container, ended: [], open })
  }

  tell({ envelope, event }: RecordedEvent): void {
    if (!isContainerEvent(event)) return
    const draft = this.#drafts.get(event.id) ?? {
      id: event.id,
      name: event.id,
      container: undefined,
      ended: [],
      open: undefined,
    }
    this.#drafts.set(event.id, draft)
    draft.container = evolveContainer(draft.container, event, envelopeTime(envelope))
    draft.name = draft.container?.name ?? draft.name
    const state = draft.container === undefined ? undefined : statusWord(draft.container)
    if (state === draft.open?.state) return
    if (draft.open !== undefined)
      draft.ended.push({
        state: draft.open.state,
        fromSeq: draft.open.seq,
        fromMs: draft.open.ms,
        toSeq: envelope.seq,
        toMs: envelope.at,
      })
    draft.open = state === undefined ? undefined : { state, seq: envelope.seq, ms: envelope.at }
  }

  all(): ReadonlyArray<Lane> {
    return [...this.#drafts.values()].map((draft) => ({
      id: draft.id,
      name: draft.name,
      spans: spansOf(draft),
    }))
  }
}
