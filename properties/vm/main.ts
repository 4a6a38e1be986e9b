/**
 * `npm run test:vm`: power cuts of a virtual machine, an engine with neutered syncs that must be
 * caught, and the container suite under unified cgroups.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realTests, runGuestSuite } from './guest-suite.ts'
import { makeImage, project, type Image } from './image/image.ts'
import { ensureMachinePrograms } from './image/prerequisites.ts'
import { parseOptions, usage, type Options } from './options.ts'
import { powerCuts } from './power-cuts.ts'

const cutPower = async (options: Options, image: Image, scratch: string): Promise<boolean> => {
  if (options.cuts === 0) return true
  const ran = await powerCuts({ image, scratch, cuts: options.cuts, seed: options.seed })
  console.log(
    `${ran.cuts} power cuts, ${ran.judged} judged, ${ran.acknowledged} acknowledged operations, ` +
      `${ran.writesDropped} writes lost in ${ran.cutsThatLostWrites} cuts: ` +
      `${ran.findings} findings`,
  )
  return ran.findings === 0 && ran.cuts === options.cuts
}

const canaryCuts = 5

/** The same oracle must notice an engine that does not sync; true where it does. */
const catchCanary = async (options: Options, image: Image, scratch: string): Promise<boolean> => {
  if (!options.canary) return true
  console.log('an engine whose syncs do nothing:')
  const { seed } = options
  const ran = await powerCuts({ image, scratch, cuts: canaryCuts, seed, planted: 'no-sync' })
  const isCaught = ran.findings > 0
  console.log(isCaught ? `caught after ${ran.cuts} cuts` : `NOT caught in ${ran.cuts} cuts`)
  return isCaught
}

const testInGuest = async (
  tests: ReadonlyArray<string>,
  image: Image,
  scratch: string,
): Promise<boolean> => {
  if (tests.length === 0) return true
  console.log(`${tests.length} test files under unified cgroups:`)
  const { passed, failed, skipped } = await runGuestSuite(image, scratch)
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  return failed === 0 && passed > 0
}

const main = async (): Promise<boolean> => {
  const options = parseOptions(process.argv.slice(2))
  ensureMachinePrograms()
  const scratch = mkdtempSync(join(tmpdir(), 'isulad-vm-'))
  // At exit, so that a run that a signal ends leaves no machine and no disk either.
  process.once('exit', () => {
    if (options.keep) console.log(`kept: ${scratch}`)
    else rmSync(scratch, { recursive: true, force: true })
  })
  const tests = realTests(options.tests)
  const image = await makeImage({ cache: join(project, '.tests/vm'), scratch, tests })
  const kept = await cutPower(options, image, scratch)
  const caught = await catchCanary(options, image, scratch)
  const tested = await testInGuest(tests, image, scratch)
  return kept && caught && tested
}

process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

if (process.argv.includes('--help')) console.log(usage)
else process.exitCode = (await main()) ? 0 : 1
