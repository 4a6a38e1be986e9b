/** What `stats` of fifty containers, asked for every second, costs the daemon. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { spawn } from 'node:child_process'
import { loadBusybox } from '../harness/busybox.ts'
import { executables, TestDaemon } from '../harness/daemon.ts'

const containers = 50
const spanMs = 15_000

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** Seconds of a process on a cpu, its threads included (proc(5): utime and stime). */
const cpuSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

const shareOver = async (pid: number, ms: number): Promise<number> => {
  const before = cpuSeconds(pid)
  const startedMs = performance.now()
  await sleep(ms)
  return ((cpuSeconds(pid) - before) / (performance.now() - startedMs)) * 1e5
}

const measure = async (daemon: TestDaemon): Promise<void> => {
  const starts = Array.from({ length: containers }, (_, n) =>
    daemon.ok('run', '-d', '--name', `stats-${n}`, 'busybox', 'sleep', '1000'),
  )
  await Promise.all(starts)
  await sleep(2_000)
  const idle = await shareOver(daemon.pid, 5_000)
  const client = spawn(executables.isula, ['-H', `unix://${daemon.socket}`, 'stats'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await sleep(1_000)
  const asked = await shareOver(daemon.pid, spanMs)
  const clientShare = await shareOver(client.pid ?? 0, 5_000)
  client.kill('SIGTERM')
  console.log(
    `stats of ${containers}: the daemon ${asked.toFixed(2)} % of a core ` +
      `(idle ${idle.toFixed(2)} %), the client ${clientShare.toFixed(2)} %`,
  )
}

const daemon = new TestDaemon()
try {
  await daemon.start()
  await loadBusybox(daemon)
  await measure(daemon)
} finally {
  await daemon.dispose()
}
