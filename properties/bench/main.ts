/** `npm run bench`: replay speed, and `ps` at the socket of a busy daemon. Reported only. */
import { writeLargeArchive } from './large-archive.ts'
import { ListClient } from './list-client.ts'
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

const measure = async (client: ListClient, count: number, pauseMs: number): Promise<number[]> => {
  const times: number[] = []
  for (let n = 0; n < count; n += 1) {
    const { ms, containers: shown } = await client.time()
    if (shown < containers) throw new Error(`ps shows ${shown} of ${containers} containers`)
    times.push(ms)
    if (pauseMs > 0) await new Promise((done) => setTimeout(done, pauseMs))
  }
  return times
}

const benchPs = async (): Promise<void> => {
  const daemon = new TestDaemon()
  await daemon.start()
  try {
    await loadBusybox(daemon)
    await inGroups(containers, 10, (n) =>
      daemon.ok('create', '--name', `c${n}`, 'busybox', 'sleep', '1000'),
    )
    const client = new ListClient(daemon.socket)
    // The compilers of both sides have their fill first.
    await measure(client, calls, 0)
    console.log(
      `ps with ${containers} containers, idle: ${summary(await measure(client, calls, 0))}`,
    )
    const archive = `${daemon.directory}/large.tar`
    await writeLargeArchive(archive, imageMb)
    const begin = performance.now()
    let loadedAfter = Number.NaN
    const load = daemon.isula(['load', '-i', archive], { ms: 300_000 }).then((ran) => {
      loadedAfter = performance.now() - begin
      return ran
    })
    const starts = inGroups(10, 10, (n) => daemon.ok('start', `c${n}`))
    const busy = await measure(client, calls, 2)
    await starts
    const ran = await load
    if (ran.code !== 0) throw new Error(ran.stderr)
    console.log(
      `ps while a ${imageMb} MB image is loaded (${(loadedAfter / 1000).toFixed(1)} s) ` +
        `and 10 containers start: ${summary(busy)}`,
    )
    client.close()
  } finally {
    await daemon.dispose()
  }
}

console.log(await benchReplay(100_000))
await benchPs()
