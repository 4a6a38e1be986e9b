/** A worker process of `run`: seeds come in by IPC, reports go out. */
import * as t from 'io-ts'
import { faultKinds, type FaultKind } from '../../simulator/faults/fault-kinds.ts'
import { runSeed } from './seed-run.ts'

const isKind = (u: unknown): u is FaultKind => typeof u === 'string' && Object.hasOwn(faultKinds, u)

const Kind = new t.Type<FaultKind>(
  'FaultKind',
  isKind,
  (u, c) => (isKind(u) ? t.success(u) : t.failure(u, c)),
  t.identity,
)

const Task = t.type({
  seed: t.number,
  draw: t.type({
    hours: t.number,
    kinds: t.union([t.readonlyArray(Kind), t.undefined]),
    planted: t.union([t.string, t.undefined]),
  }),
})

const tell = (message: unknown): void => {
  if (process.send === undefined) throw new Error('a seed worker needs a parent')
  process.send(message)
}

/** Ends when the parent closes the channel. */
export const workOnSeeds = (): void => {
  process.on('message', (message) => {
    if (!Task.is(message)) throw new Error('the parent sent no seed')
    runSeed(message.seed, message.draw).then(tell, (error: unknown) => {
      process.stderr.write(`seed ${message.seed}: ${String(error)}\n`)
      process.exit(1)
    })
  })
  process.once('disconnect', () => process.exit())
}
