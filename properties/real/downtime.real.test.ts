/** What happens while the daemon is dead is known after its restart, on a real host. */
// deadline: 120s
import { readdirSync, statSync, truncateSync } from 'node:fs'
import { equal, is, match, ok } from 'uvu/assert'
import { loadBusybox } from '../harness/busybox.ts'
import { TestDaemon } from '../harness/daemon.ts'
import { leaks } from '../harness/leaks.ts'
import { eventually, identify, isAlive, monitorsOf, pause } from '../harness/processes.ts'
import { suite } from '../testing/suite.ts'

const test = suite('downtime')
const needs = ['root', 'program:conmon', 'program:busybox'] as const
let daemon: TestDaemon

test.before(async () => {
  if (process.getuid?.() !== 0) return
  daemon = new TestDaemon()
  await daemon.start()
  await loadBusybox(daemon)
})

test.after(async () => {
  if (process.getuid?.() === 0) await daemon.dispose()
})

const sh = (name: string, script: string, ...flags: string[]): Promise<string> =>
  daemon.ok('run', '-d', '--name', name, ...flags, 'busybox', 'sh', '-c', script)

const pidOf = async (name: string): Promise<number> =>
  Number(await daemon.inspect(name, '.State.Pid'))

const status = (name: string): Promise<string> => daemon.inspect(name, '.State.Status')

const whileDead = async (work: () => Promise<void> | void): Promise<void> => {
  await daemon.kill9()
  await work()
  await daemon.start()
}

test.needs(
  needs,
  'RT-SCN-07 RT-DECOUPLE-01: a container survives kill -9 of the daemon with the same process',
  async () => {
    await sh('survivor', 'sleep 1000')
    const init = identify(await pidOf('survivor'))
    await whileDead(() => undefined)
    is(await pidOf('survivor'), init.pid)
    ok(isAlive(init))
    is(await daemon.ok('exec', 'survivor', 'echo', 'hello'), 'hello')
    await daemon.ok('rm', '-f', 'survivor')
    equal(await leaks(daemon), [])
  },
)

test.needs(
  needs,
  'M-01 R-25 RT-SCN-08: exit code and time of the downtime are the true ones',
  async () => {
    await sh('exits7', 'sleep 0.5; exit 7')
    let before = 0
    await whileDead(async () => {
      await pause(1_500)
      before = Date.now()
    })
    is(await status('exits7'), 'exited')
    is(await daemon.inspect('exits7', '.State.ExitCode'), '7')
    const finished = Date.parse(await daemon.inspect('exits7', '.State.FinishedAt'))
    ok(finished < before, 'it finished before the restart')
    ok(finished > before - 2_500)
    await daemon.ok('rm', 'exits7')
  },
)

test.needs(
  needs,
  'M-02 R-11 R-20: emptied files of a running container are only projections',
  async () => {
    const id = await sh('projected', 'sleep 1000')
    const init = identify(await pidOf('projected'))
    await whileDead(() => {
      for (const runtime of readdirSync(`${daemon.root}/engines`)) {
        const directory = `${daemon.root}/engines/${runtime}/${id}`
        for (const file of readdirSync(directory)) {
          const path = `${directory}/${file}`
          if (statSync(path).isFile()) truncateSync(path)
        }
      }
    })
    is(await status('projected'), 'running')
    ok(isAlive(init))
    await daemon.ok('restart', '-t', '0', 'projected')
    match(await daemon.ok('exec', 'projected', 'cat', '/etc/hosts'), 'localhost')
    await daemon.ok('rm', '-f', 'projected')
    equal(await leaks(daemon), [])
  },
)

test.needs(
  needs,
  'M-06 R-24: monitor and container killed during the downtime end as an honest unknown',
  async () => {
    const id = await sh('both', 'sleep 1000')
    const pid = await pidOf('both')
    await whileDead(async () => {
      for (const monitor of monitorsOf(id)) process.kill(monitor, 'SIGKILL')
      process.kill(pid, 'SIGKILL')
      await pause(300)
    })
    is(await status('both'), 'exited')
    is(await daemon.inspect('both', '.State.ExitCode'), '255')
    is(await daemon.inspect('both', '.State.ExitKnown'), 'false')
    match(await daemon.ok('explain', 'both'), /unknown/i)
    await daemon.ok('rm', 'both')
    equal(await leaks(daemon), [])
  },
)

test.needs(
  needs,
  'M-07 RT-SCN-16 RT-DECOUPLE-07: a container goes on when its monitor is killed',
  async () => {
    const id = await sh('orphaned', 'sleep 1000')
    const init = identify(await pidOf('orphaned'))
    for (const monitor of monitorsOf(id)) process.kill(monitor, 'SIGKILL')
    await eventually('the loss is noticed', async () =>
      (await daemon.ok('explain', 'orphaned')).includes('MonitorLost'),
    )
    is(await status('orphaned'), 'running')
    is(await pidOf('orphaned'), init.pid)
    ok(isAlive(init))
    process.kill(init.pid, 'SIGKILL')
    await eventually('the exit is seen', async () => (await status('orphaned')) === 'exited')
    is(await daemon.inspect('orphaned', '.State.ExitKnown'), 'false')
    await daemon.ok('rm', 'orphaned')
    equal(await leaks(daemon), [])
  },
)

test.needs(needs, 'R-39: --rm acts after the restart as if the daemon had been there', async () => {
  await sh('gone', 'sleep 0.5', '--rm')
  await whileDead(() => pause(1_200))
  await eventually('it is removed', async () => !(await daemon.ok('ps', '-a')).includes('gone'))
  equal(await leaks(daemon), [])
})

test.needs(
  needs,
  'R-37: a restart policy acts after the restart as if the daemon had been there',
  async () => {
    await sh('again', 'sleep 0.4; exit 3', '--restart', 'on-failure:1')
    await whileDead(() => pause(1_000))
    await eventually('it was restarted and exited again', async () => {
      const count = await daemon.inspect('again', '.RestartCount')
      return count === '1' && (await status('again')) === 'exited'
    })
    is(await daemon.inspect('again', '.State.ExitCode'), '3')
    await daemon.ok('rm', 'again')
  },
)

test.needs(needs, 'M-13: an exit is journalled once, whoever saw it', async () => {
  await sh('once', 'exit 4')
  await eventually('it exits', async () => (await status('once')) === 'exited')
  await whileDead(() => undefined)
  const told = await daemon.ok('explain', 'once')
  is(told.split('ContainerExited').length - 1, 1)
  await daemon.ok('rm', 'once')
})

test.needs(
  needs,
  'M-12: an exec that runs at the crash is adopted and the FIFOs of its dead client are removed',
  async () => {
    const id = await sh('execs', 'sleep 1000')
    const client = daemon.isula(['exec', 'execs', 'sleep', '1000'], { ms: 3_000 })
    await eventually('the exec runs', async () =>
      (await daemon.ok('explain', 'execs')).includes('ExecRequested'),
    )
    await pause(300)
    await whileDead(async () => {
      await client
    })
    is(await status('execs'), 'running')
    await daemon.ok('rm', '-f', id)
    equal(await leaks(daemon), [])
  },
)

test.needs(needs, 'M-15: a container that somebody froze can still be removed', async () => {
  const id = await sh('frozen', 'sleep 1000')
  await daemon.ok('pause', 'frozen')
  is(await status('frozen'), 'paused')
  await whileDead(() => undefined)
  is(await status('frozen'), 'paused')
  is(await daemon.ok('rm', '-f', 'frozen'), id)
  equal(await leaks(daemon), [])
})

test.needs(needs, 'M-10 R-56: events are the whole history, across restarts', async () => {
  await sh('historic', 'true')
  await daemon.ok('wait', 'historic')
  await daemon.ok('rm', 'historic')
  await whileDead(() => undefined)
  const now = Math.floor(Date.now() / 1000)
  const told = await daemon.ok('events', '--since', '1000000000', '--until', String(now + 1))
  match(told, 'name=historic')
  match(told, 'container create')
})

test.run()
