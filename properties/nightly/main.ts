/** `npm run nightly [-- SOAK_SECONDS [SEED]]`: everything that takes hours; ends with a sum. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { nightlySteps, type NightlyStep } from './steps.ts'

const soakSeconds = Number(process.argv[2] ?? 3_600)
const firstSeed = Number(process.argv[3] ?? Math.floor(Date.now() / 86_400_000) * 1_000_000)

const run = async ({ name, args, env }: NightlyStep): Promise<boolean> => {
  const begin = performance.now()
  console.log(`──── ${name}`)
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  })
  const [code] = (await once(child, 'close')) as [number | null]
  const seconds = ((performance.now() - begin) / 1000).toFixed(0)
  console.log(`──── ${name}: ${code === 0 ? 'ok' : `FAILED (${String(code)})`} in ${seconds} s`)
  return code === 0
}

const failed: string[] = []
for (const step of nightlySteps(soakSeconds, firstSeed))
  if (!(await run(step))) failed.push(step.name)
console.log(failed.length === 0 ? 'nightly: all held' : `nightly: FAILED: ${failed.join('; ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
