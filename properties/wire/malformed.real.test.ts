/** Ten thousand malformed inputs at a real daemon: it stays up, small, useful, and unchanged. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { equal, is, ok } from 'uvu/assert'
import { Prng } from '../../simulator/schedule/prng.ts'
import { journalState } from '../harness/journal-state.ts'
import { CliFile, sleeper } from '../real/cli/cli-file.ts'
import { badCall, type BadCall } from './malformed-calls.ts'
import { badConnection } from './malformed-frames.ts'
import { numberOf, text } from './protobuf.ts'
import { UpstreamClient } from './upstream-client.ts'

const cli = new CliFile('malformed input')
const { test, ok: isula } = cli

const seed = Number(process.env['SIM_SEED'] ?? 1)
const rounds = 3
const perRound = { frames: 1_400, calls: 2_000 }
/**
 * The heap is allowed to grow to some size before it is collected, but not from round to round
 * (KiB).
 */
const grownKib = 64 * 1024
const peakKib = 400 * 1024

const memoryKib = (line: string): number =>
  Number(
    new RegExp(`^${line}:\\s+(\\d+)`, 'm').exec(
      readFileSync(`/proc/${cli.daemon.pid}/status`, 'utf8'),
    )?.[1] ?? 0,
  )

const descriptors = (): Array<string> => {
  const folder = `/proc/${cli.daemon.pid}/fd`
  return readdirSync(folder).map((fd) => readlinkSync(`${folder}/${fd}`).replace(/\d+/g, 'N'))
}

/** `lanes` at a time; ends when the work gives no more. */
const inLanes = async (lanes: number, work: () => Promise<boolean>): Promise<void> => {
  const lane = async (): Promise<void> => {
    while (await work());
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

/** Sends, waits until the daemon has closed or has had its time, and goes. */
const throwAt = (bytes: Buffer): Promise<void> =>
  new Promise((done) => {
    const socket = connect(cli.daemon.socket)
    const timer = setTimeout(() => socket.destroy(), 40)
    socket.on('connect', () => socket.write(bytes))
    socket.on('data', () => undefined)
    // A reset is one of the right answers.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(timer)
      done()
    })
  })

const sendFrames = async (prng: Prng): Promise<number> => {
  let sent = 0
  await inLanes(16, async () => {
    if (sent >= perRound.frames) return false
    const { bytes, frames } = badConnection(prng)
    sent += frames
    await throwAt(bytes)
    return true
  })
  return sent
}

/** Each lane has a connection of its own, and a new one when that was taken from it. */
const sendCalls = async (
  prng: Prng,
  each: (call: BadCall, cc: number) => void,
): Promise<number> => {
  let sent = 0
  const lane = async (): Promise<void> => {
    let client = new UpstreamClient(cli.daemon.socket)
    while (sent < perRound.calls) {
      sent += 1
      const call = badCall(prng)
      if (!client.isOpen) client = new UpstreamClient(cli.daemon.socket)
      const { path, body, metadata } = call
      const got = await client.call(path, body, { rawBody: body, metadata, ms: 60 })
      const replied = got.status === 0 ? numberOf(got.messages[0] ?? Buffer.alloc(0), 3) : -1
      each(call, replied)
    }
    client.close()
  }
  await Promise.all(Array.from({ length: 12 }, lane))
  return sent
}

interface Watch {
  readonly answers: number
  readonly slowestMs: number
}

/** An honest client beside it all; every answer must be right. */
const honestClient = (until: AbortSignal): Promise<Watch> => {
  const client = new UpstreamClient(cli.daemon.socket)
  const watch = async (): Promise<Watch> => {
    let [answers, slowestMs] = [0, 0]
    while (!until.aborted) {
      const startedMs = performance.now()
      const got = await client.call('/containers.ContainerService/Inspect', text(1, 'keeper'))
      slowestMs = Math.max(slowestMs, performance.now() - startedMs)
      equal([got.status, numberOf(got.messages[0] ?? Buffer.alloc(0), 2)], [0, 0])
      answers += 1
      await sleep(20)
    }
    return { answers, slowestMs }
  }
  return watch().finally(() => client.close())
}

test('10,000 malformed frames, calls and documents harm neither daemon nor journal', async () => {
  await isula('run', '-d', '--name', 'keeper', 'busybox', ...sleeper)
  const pid = cli.daemon.pid
  const [journalBefore, filesBefore] = [await journalState(cli.daemon), descriptors()]
  const stop = new AbortController()
  const honest = honestClient(stop.signal)
  const accepted: Array<string> = []
  const prng = new Prng(seed)
  const memory = [memoryKib('VmRSS')]
  let sent = 0
  for (let round = 0; round < rounds; round += 1) {
    sent += await sendFrames(prng)
    sent += await sendCalls(prng, ({ refused, body }, cc) => {
      if (refused && cc === 0) accepted.push(body.toString('latin1').slice(0, 300))
    })
    memory.push(memoryKib('VmRSS'))
  }
  stop.abort()
  const { answers, slowestMs } = await honest
  const peak = memoryKib('VmHWM')
  const grown = (memory.at(-1) ?? 0) - (memory.at(-2) ?? 0)
  console.log(
    `${sent} inputs; honest client: ${answers} answers, slowest ${slowestMs.toFixed(0)} ms; ` +
      `memory ${memory.join(', ')} KiB, at most ${peak} KiB`,
  )
  equal(accepted, [])
  ok(sent >= 10_000, `${sent} inputs`)
  is(cli.daemon.pid, pid)
  ok(cli.daemon.isRunning)
  ok(answers > 50, `${answers} answers`)
  ok(grown < grownKib, `${memory.join(', ')} KiB`)
  ok(peak < peakKib, `${peak} KiB at most`)
  is(await journalState(cli.daemon), journalBefore)
  // What the daemon calls an internal error of its own would be one.
  const internal = readFileSync(cli.daemon.log, 'utf8').match(/.*a call failed.*/g) ?? []
  equal(internal, [])
  is(await isula('ps', '-q', '--no-trunc'), await cli.daemon.inspect('keeper', '.Id'))
  // Connections that nobody reads any more are found by a sweep.
  const more = (): number => descriptors().length - filesBefore.length
  for (let n = 0; n < 80 && more() > 8; n += 1) await sleep(100)
  ok(more() <= 8, `${more()} more: ${descriptors().sort().join(' ')}`)
  await cli.remove('keeper')
}, 60_000)

cli.run()
