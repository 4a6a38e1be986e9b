/** `npm run bench`: replay speed, and `ps` at the socket of a busy daemon. Reported only. */
import { spawn } from 'node:child_process'
import { writeLargeArchive } from './large-archive.ts'
import { summary } from './percentiles.ts'
import { benchReplay } from './replay.ts'
import { loadBusybox } from '../harness/busybox.ts'
import { TestDaemon } from '../harness/daemon.ts'

const containers = Number(process.argv[2] ?? 500)
const imageMb = Number(process.argv[3] ?? 500)
const calls = 1_000

const inGroups = async (count: number, width: number, make: (n: number) => Promise<unknown>) => {
  for (let n = 0; n < count; n += width)
    await Promise.all(Array.from({ length: Math.min(width, count - n) }, (_, i) => make(n + i)))
}

/** A process of its own: neither our work nor our garbage may count as the daemon's latency. */
const probe = (daemon: TestDaemon, pauseMs: number) => {
  const script = [
    '--max-semi-space-size=64',
    '--initial-old-space-size=512',
    '--import',
    'tsx',
    'properties/bench/list-probe.ts',
  ]
  const args = [daemon.socket, calls, pauseMs, containers].map(String)
  const child = spawn(process.execPath, [...script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  let warmed: () => void = () => undefined
  const warm = new Promise<void>((done) => (warmed = done))
  const times = new Promise<number[]>((done, failed) => {
    child.stdout.on('data', (bytes: Buffer) => {
      text += bytes.toString('utf8')
      if (text.includes('warm')) warmed()
    })
    child.once('error', failed)
    child.once('close', (code) => {
      if (code === 0) done(JSON.parse(text.split('\n')[1] ?? '[]') as number[])
      else failed(new Error(`the probe ended with ${String(code)}`))
    })
  })
  return { warm, times }
}

const benchPs = async (): Promise<void> => {
  const daemon = new TestDaemon()
  await daemon.start()
  try {
    await loadBusybox(daemon)
    await inGroups(containers, 10, (n) =>
      daemon.ok('create', '--name', `c${n}`, 'busybox', 'sleep', '1000'),
    )
    const idle = await probe(daemon, 0).times
    console.log(`ps with ${containers} containers, idle: ${summary(idle)}`)
    const archive = `${daemon.directory}/large.tar`
    await writeLargeArchive(archive, imageMb)
    const probing = probe(daemon, 2)
    await probing.warm
    const begin = performance.now()
    let loadedAfter = Number.NaN
    const load = daemon.isula(['load', '-i', archive], { ms: 300_000 }).then((ran) => {
      loadedAfter = performance.now() - begin
      return ran
    })
    const starts = inGroups(10, 10, (n) => daemon.ok('start', `c${n}`))
    const busy = await probing.times
    await starts
    const ran = await load
    if (ran.code !== 0) throw new Error(ran.stderr)
    console.log(
      `ps while a ${imageMb} MB image is loaded (${(loadedAfter / 1000).toFixed(1)} s) ` +
        `and 10 containers start: ${summary(busy)}`,
    )
  } finally {
    await daemon.dispose()
  }
}

console.log(await benchReplay(100_000))
await benchPs()
