/** The guest's only program: starts the engine, reports what it recovered, and works it. */
import { existsSync, readFileSync } from 'node:fs'
import * as t from 'io-ts'
import { parameter } from '../messages.ts'
import { Channel } from './channel.ts'
import { Engine } from './engine.ts'
import { leftovers, report } from './report.ts'
import { runTests } from './tests.ts'
import { Workload } from './workload.ts'

const clients = 4

const kernelParameters = new Map(
  readFileSync('/proc/cmdline', 'utf8')
    .trim()
    .split(' ')
    .map((word) => {
      const [name = '', value = ''] = word.split('=')
      return [name, value] as const
    }),
)

const uptimeS = (): number => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0])

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

const Names = t.array(t.string)

/** The host has judged the report and names those whose story it wants. */
const tellStories = async (engine: Engine, channel: Channel): Promise<void> => {
  const wanted: unknown = JSON.parse(await channel.hear())
  if (!Names.is(wanted)) throw new Error('the host asks for something unknown')
  for (const name of wanted) {
    const said = await engine.isula('explain', name)
    channel.tell({ _tag: 'Story', name, text: said.out + said.err })
  }
}

const starts = 3

/** As a service manager does: an emulated processor may be too slow for a deadline once. */
const startEngine = async (channel: Channel, startsLeft = starts): Promise<Engine> => {
  const engine = new Engine(kernelParameters.get(parameter.planted))
  try {
    await engine.untilItAnswers()
    return engine
  } catch (error) {
    const text = String(error)
    if (startsLeft <= 1 || !text.includes('no end after')) throw error
    channel.tell({ _tag: 'Late', text })
    return startEngine(channel, startsLeft - 1)
  }
}

const cut = async (channel: Channel): Promise<void> => {
  const engine = await startEngine(channel)
  channel.tell({ _tag: 'Answers', uptimeS: uptimeS() })
  const images = await engine.ok('images')
  if (!images.includes('busybox')) await engine.ok('load', '-i', '/opt/busybox.tar')
  const told = await report(engine)
  channel.tell(told)
  await tellStories(engine, channel)
  const workload = new Workload(engine, channel)
  await Promise.all(told.containers.map(({ name }) => workload.attempt('rm', name)))
  channel.tell({ _tag: 'Cleared', leaks: await leftovers(engine, []) })
  const seed = Number(kernelParameters.get(parameter.seed) ?? 1)
  await Promise.all(
    Array.from({ length: clients }, (_, n) => workload.client(`b${seed}c${n}`, seed * 1000 + n)),
  )
}

const main = async (): Promise<void> => {
  const channel = new Channel()
  channel.tell({ _tag: 'Booted', bootId: bootId(), uptimeS: uptimeS() })
  const work = kernelParameters.get(parameter.work)
  try {
    if (work === 'tests') await runTests(channel)
    else await cut(channel)
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const log = '/isulad/daemon.out'
    const tail = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-15).join('\n') : ''
    channel.tell({ _tag: 'Failed', text: `${text}\n${tail}` })
  }
}

await main()
