/** What a contract suite needs of a host, be it the real one or the simulated one. */
import * as E from 'fp-ts/lib/Either.js'
import type { ContainerId, CopyId, LayerId, ProcessIdentity } from '../../domain/identity.ts'
import type { Answer, EffectError } from '../../domain/ports/answer.ts'
import type { Ports } from '../../domain/ports/ports.ts'
import type { BundleRequest, UnpackRequest } from '../../domain/ports/storage-ports.ts'

/** What both hosts can run: each makes it of its own means. */
export type Program =
  /** Until it is told to end; SIGTERM ends it with 143. */
  | { readonly _tag: 'Forever' }
  /** Hears nothing but SIGKILL, as any first process of a container without handlers. */
  | { readonly _tag: 'Deaf' }
  | { readonly _tag: 'Exits'; readonly code: number; readonly afterMs: number }
  /** Takes more memory than it may have. */
  | { readonly _tag: 'OutOfMemory' }
  /** Names a command that the image does not have. */
  | { readonly _tag: 'NoSuchCommand' }

export const forever: Program = { _tag: 'Forever' }
export const deaf: Program = { _tag: 'Deaf' }
export const exits = (code: number, afterMs = 0): Program => ({ _tag: 'Exits', code, afterMs })
export const outOfMemory: Program = { _tag: 'OutOfMemory' }
export const noSuchCommand: Program = { _tag: 'NoSuchCommand' }

/** What a crash in the middle of an effect leaves. */
export interface Leftovers {
  readonly halfWritable: (id: ContainerId) => void
  readonly staging: (layer: LayerId) => void
}

export interface HostUnderContract {
  readonly ports: Ports
  /** Drives the host until the answer is there. */
  readonly ask: <A>(answer: Answer<A>) => Promise<E.Either<EffectError, A>>
  /** Lets time pass. */
  readonly pass: (ms: number) => Promise<void>
  /** Resolves when a started container's init has come as far as its user's program. */
  readonly begun: (init: ProcessIdentity) => Promise<void>
  /** A container that does not exist yet; its `ref.attempt` is 1. */
  readonly newContainer: (program: Program, user?: string) => BundleRequest
  /** The arguments of an exec of `program`. */
  readonly execArgs: (program: Program) => ReadonlyArray<string>
  /** The layer that holds the programs, committed. */
  readonly baseLayer: () => Promise<LayerId>
  /** A small layer of its own id; what is wrong with its archive, if anything. */
  readonly layerRequest: (archive: 'whole' | 'tampered' | 'missing') => UnpackRequest
  readonly leave: Leftovers
  /** A client that copies nothing, in order, into the root; answers what takes it away. */
  readonly copyClient: (copy: CopyId) => () => void
  /** Takes everything away that is still there. */
  readonly dispose: () => Promise<void>
}

export type Body = (host: HostUnderContract) => Promise<void>

/** Adds one case to the suite that runs the contract. */
export type AddCase = (name: string, body: Body) => void

export type Contract = (test: AddCase) => void

/** The errno, `Indeterminate`, or `applied`: all that callers may branch on. */
export const said = async <A>(host: HostUnderContract, answer: Answer<A>): Promise<string> => {
  const result = await host.ask(answer)
  if (E.isRight(result)) return 'applied'
  return result.left._tag === 'NotApplied' ? result.left.errno : result.left._tag
}

/** The value of an answer that must be there. */
export const valueOf = async <A>(host: HostUnderContract, answer: Answer<A>): Promise<A> => {
  const result = await host.ask(answer)
  if (E.isRight(result)) return result.right
  const { left } = result
  throw new Error(left._tag === 'NotApplied' ? `${left.errno}: ${left.detail}` : left.reason)
}

const stepMs = 10

/** Looks again and again until `look` finds something; fails after `limitMs` of the host's time. */
export const until = async <A>(
  host: HostUnderContract,
  what: string,
  look: () => Promise<A | undefined>,
): Promise<A> => {
  const limitMs = 10_000
  const { monoMs } = host.ports.clock.now()
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (host.ports.clock.now().monoMs > monoMs + limitMs)
      throw new Error(`not within ${limitMs} ms: ${what}`)
    await host.pass(stepMs)
  }
}
