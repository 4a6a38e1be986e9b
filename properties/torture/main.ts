/**
 * `npm run torture [-- ROUNDS [SEED]]`: rounds of kill -9 under ten clients, reported at the
 * end.
 */
import { loadBusybox } from '../harness/busybox.ts'
import { TestDaemon } from '../harness/daemon.ts'
import { tortureRound } from './round.ts'

const rounds = Number(process.argv[2] ?? 200)
const firstSeed = Number(process.argv[3] ?? 1)

const daemon = new TestDaemon()
await daemon.start()
await loadBusybox(daemon)
let failures = 0
let acknowledged = 0
for (let n = 0; n < rounds; n += 1) {
  const round = await tortureRound(daemon, firstSeed + n)
  acknowledged += round.acknowledged
  if (round.violations.length > 0) failures += 1
  const verdict = round.violations.length === 0 ? 'ok' : round.violations.join('\n    ')
  console.log(
    `seed ${firstSeed + n}: ${round.acknowledged} acknowledged, ` +
      `killed after ${round.killedAfterMs} ms: ${verdict}`,
  )
}
await daemon.dispose()
console.log(`${rounds} rounds, ${acknowledged} acknowledged operations, ${failures} rounds failed`)
process.exitCode = failures === 0 ? 0 : 1
