/** `ps` at the socket of a daemon with many containers, idle and busy, beside an echo server. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeLargeArchive } from './large-archive.ts'
import { summary } from './percentiles.ts'
import { loadBusybox } from '../harness/busybox.ts'
import { TestDaemon } from '../harness/daemon.ts'

const calls = 1_000
/** About what a listing has for each container. */
const bytesPerContainer = 240

export interface ListLoad {
  readonly containers: number
  /** Size of the image that is loaded meanwhile. */
  readonly imageMb: number
}

interface Times {
  readonly list: ReadonlyArray<number>
  readonly echo: ReadonlyArray<number>
}

const inGroups = async (count: number, width: number, make: (n: number) => Promise<unknown>) => {
  for (let n = 0; n < count; n += width)
    await Promise.all(Array.from({ length: Math.min(width, count - n) }, (_, i) => make(n + i)))
}

const startScript = (script: string, flags: ReadonlyArray<string>, args: ReadonlyArray<string>) =>
  spawn(process.execPath, [...flags, '--import', 'tsx', `properties/bench/${script}`, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })

const echoSocketOf = (daemon: TestDaemon): string => `${daemon.directory}/echo.sock`

const startEcho = async (daemon: TestDaemon, bytes: number): Promise<ChildProcess> => {
  const child = startScript('echo-server.ts', [], [echoSocketOf(daemon), String(bytes)])
  await once(child.stdout, 'data')
  return child
}

/** Processes of their own, with room for garbage: neither may count as the daemon's latency. */
const probe = (daemon: TestDaemon, containers: number, pauseMs: number) => {
  const numbers = [containers * bytesPerContainer, calls, pauseMs, containers].map(String)
  const roomy = ['--max-semi-space-size=64', '--initial-old-space-size=512']
  const child = startScript('list-probe.ts', roomy, [
    daemon.socket,
    echoSocketOf(daemon),
    ...numbers,
  ])
  let text = ''
  let warmed: () => void = () => undefined
  const warm = new Promise<void>((done) => (warmed = done))
  const times = new Promise<Times>((done, failed) => {
    child.stdout.on('data', (bytes: Buffer) => {
      text += bytes.toString('utf8')
      if (text.includes('warm')) warmed()
    })
    child.once('error', failed)
    child.once('close', (code) => {
      if (code === 0) done(JSON.parse(text.split('\n')[1] ?? '') as Times)
      else failed(new Error(`the probe ended with ${String(code)}`))
    })
  })
  return { warm, times }
}

const told = (what: string, { list, echo }: Times): string =>
  `${what}\n  ps:                 ${summary(list)}\n  echo of its length: ${summary(echo)}`

const benchBusy = async (daemon: TestDaemon, load: ListLoad): Promise<string> => {
  const archive = `${daemon.directory}/large.tar`
  await writeLargeArchive(archive, load.imageMb)
  const probing = probe(daemon, load.containers, 2)
  await probing.warm
  const begin = performance.now()
  let loadedAfter = Number.NaN
  const loading = daemon.isula(['load', '-i', archive], { ms: 300_000 }).then((ran) => {
    loadedAfter = performance.now() - begin
    return ran
  })
  const starts = inGroups(10, 10, (n) => daemon.ok('start', `c${n}`))
  const busy = await probing.times
  await starts
  const ran = await loading
  if (ran.code !== 0) throw new Error(ran.stderr)
  const seconds = (loadedAfter / 1000).toFixed(1)
  return told(`${load.imageMb} MB image being loaded (${seconds} s), 10 containers starting`, busy)
}

export const benchList = async (load: ListLoad): Promise<string> => {
  const daemon = new TestDaemon()
  await daemon.start()
  const echo = await startEcho(daemon, load.containers * bytesPerContainer)
  try {
    await loadBusybox(daemon)
    await inGroups(load.containers, 10, (n) =>
      daemon.ok('create', '--name', `c${n}`, 'busybox', 'sleep', '1000'),
    )
    const idle = await probe(daemon, load.containers, 0).times
    return [told(`${load.containers} containers, idle`, idle), await benchBusy(daemon, load)].join(
      '\n',
    )
  } finally {
    echo.kill()
    await daemon.dispose()
  }
}
