/** A client of the engine: one command after the other, each repeated until it is answered. */
import type { Command } from '../../domain/command.ts'
import type { SubmitResult } from '../../journal/engine/submission.ts'
import type { World } from '../../journal/fold/world.ts'

/** A request that waits for its answer over any number of crashes. */
export interface Call {
  readonly requestId: string
  readonly command: Command
  readonly answered: (result: SubmitResult) => void
}

export interface Client {
  readonly call: (command: Command) => Promise<SubmitResult>
  readonly sleep: (ms: number) => Promise<void>
  /** Looks at the durable state until it is as expected. */
  readonly until: (what: string, isSo: (world: World) => boolean) => Promise<void>
  readonly rebootHost: () => void
}

export type Script = (client: Client) => Promise<void>

export interface ClientWorld {
  readonly submit: (call: Call) => void
  readonly at: (delayMs: number, run: () => void) => void
  readonly world: () => World | undefined
  readonly rebootHost: () => void
  /** Why the run cannot end yet; removed by the returned function. */
  readonly pending: (reason: string) => () => void
}

const pollMs = 8

export const makeClient = (name: string, around: ClientWorld): Client => {
  let calls = 0
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => around.at(ms, resolve))
  return {
    call: (command) => {
      const requestId = `${name}-${(calls += 1)}`
      const settled = around.pending(`${requestId}: ${command._tag}`)
      return new Promise((resolve) =>
        around.submit({
          requestId,
          command,
          answered: (result) => {
            settled()
            resolve(result)
          },
        }),
      )
    },
    sleep,
    until: async (what, isSo) => {
      const settled = around.pending(`${name}: until ${what}`)
      for (;;) {
        const world = around.world()
        if (world !== undefined && isSo(world)) break
        await sleep(pollMs)
      }
      settled()
    },
    rebootHost: around.rebootHost,
  }
}
