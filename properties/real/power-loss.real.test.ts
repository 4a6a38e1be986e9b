/** A host that lost its power: another boot id, no process left, an empty state directory. */
// deadline: 90s
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { equal, is, match, ok } from 'uvu/assert'
import { loadBusybox } from '../harness/busybox.ts'
import { TestDaemon } from '../harness/daemon.ts'
import { holdings } from '../harness/leaks.ts'
import { eventually } from '../harness/processes.ts'
import { suite } from '../testing/suite.ts'

const test = suite('power loss')
const bootIdPath = '/proc/sys/kernel/random/boot_id'

/** Runs the daemon in a mount namespace of its own where `file` is the kernel's boot id. */
const inBoot = (file: string): ReadonlyArray<string> => [
  'unshare',
  '--mount',
  '--propagation',
  'private',
  'sh',
  '-c',
  `mount --bind ${file} ${bootIdPath} && exec "$@"`,
  'sh',
]

const killEverything = async (daemon: TestDaemon): Promise<void> => {
  await daemon.kill9()
  await eventually('every process is dead', () => {
    const { processes } = holdings(daemon)
    for (const line of processes) {
      const pid = Number(line.split(' ')[0])
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        if (!(error instanceof Error)) throw error
      }
    }
    return processes.length === 0
  })
}

const emptyDirectory = (directory: string): void => {
  for (const name of readdirSync(directory))
    rmSync(`${directory}/${name}`, { recursive: true, force: true })
}

test.needs(
  ['root', 'program:conmon', 'program:busybox', 'program:unshare'],
  'M-11 R-08 R-35 R-51: exits are unknown with their interval, policies act by their own ' +
    'back-off, --rm is finished',
  async () => {
    const place = mkdtempSync(`${tmpdir()}/isulad-boot-`)
    const file = `${place}/boot_id`
    const before = readFileSync(bootIdPath, 'utf8')
    writeFileSync(file, before)
    const daemon = new TestDaemon({ wrapper: inBoot(file) })
    try {
      await daemon.start()
      await loadBusybox(daemon)
      await daemon.ok('run', '-d', '--name', 'plain', 'busybox', 'sleep', '1000')
      await daemon.ok(
        ...['run', '-d', '--name', 'always', '--restart', 'always', 'busybox', 'sleep', '1000'],
      )
      await daemon.ok('run', '-d', '--name', 'temporary', '--rm', 'busybox', 'sleep', '1000')
      await killEverything(daemon)
      emptyDirectory(daemon.state)
      mkdirSync(daemon.state, { recursive: true })
      writeFileSync(file, '11111111-2222-4333-8444-555555555555\n')
      const restarted = Date.now()
      await daemon.start()
      is(await daemon.inspect('plain', '.State.Status'), 'exited')
      is(await daemon.inspect('plain', '.State.ExitCode'), '255')
      is(await daemon.inspect('plain', '.State.ExitKnown'), 'false')
      match(await daemon.ok('explain', 'plain'), /reboot/)
      await eventually(
        'always runs again',
        async () => (await daemon.inspect('always', '.State.Status')) === 'running',
      )
      ok(Date.now() - restarted < 5_000, 'no fixed wait of five seconds')
      is(await daemon.inspect('always', '.RestartCount'), '1')
      await eventually(
        'the temporary one is removed',
        async () => !(await daemon.ok('ps', '-a')).includes('temporary'),
      )
      match(await daemon.ok('recovery', 'show'), /rebooted/)
      is((await daemon.isula(['audit', 'verify'])).code, 0)
      equal(await daemon.ok('rm', '-f', 'plain', 'always').then((t) => t.split('\n').length), 2)
    } finally {
      await daemon.dispose()
      rmSync(place, { recursive: true, force: true })
    }
  },
  80_000,
)

test.run()
