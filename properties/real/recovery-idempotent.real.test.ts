/** A daemon that is killed again and again while it recovers ends where one recovery would have. */
// deadline: 90s
import { equal, is, match, ok } from 'uvu/assert'
import { loadBusybox } from '../harness/busybox.ts'
import { TestDaemon } from '../harness/daemon.ts'
import { leaks } from '../harness/leaks.ts'
import { eventually, identify, isAlive, pause } from '../harness/processes.ts'
import { suite } from '../testing/suite.ts'

const test = suite('recovery, again and again')
const kills = 8

/** Starts the daemon and kills it so many ms later, wherever it is then. */
const killAfter = async (daemon: TestDaemon, ms: number): Promise<void> => {
  const starting = daemon.start().then(
    () => 'it answered',
    (error: unknown) => String(error),
  )
  await pause(ms)
  await daemon.kill9()
  match(await starting, /it answered|ended at its start/)
}

const startMs = async (daemon: TestDaemon): Promise<number> => {
  const began = performance.now()
  await daemon.start()
  return performance.now() - began
}

const occurrences = (text: string, word: string): number => text.split(word).length - 1

test.needs(
  ['root', 'program:conmon', 'program:busybox'],
  'R-62: eight kills in a row during recovery change nothing about its end',
  async () => {
    const daemon = new TestDaemon()
    try {
      await daemon.start()
      await loadBusybox(daemon)
      await daemon.kill9()
      const fullMs = await startMs(daemon)
      const busybox = ['busybox', 'sh', '-c']
      await daemon.ok('run', '-d', '--name', 'runs', ...busybox, 'sleep 1000')
      await daemon.ok('run', '-d', '--name', 'exits', ...busybox, 'sleep 1; exit 5')
      await daemon.ok('run', '-d', '--rm', '--name', 'temporary', ...busybox, 'sleep 1')
      const init = identify(Number(await daemon.inspect('runs', '.State.Pid')))
      await daemon.kill9()
      await pause(1_500)
      // From the first instruction to well after the first answer, in a random order.
      const instants = Array.from(
        { length: kills },
        () => 5 + Math.floor(Math.random() * (fullMs + 200)),
      )
      for (const ms of instants) await killAfter(daemon, ms)
      await daemon.start()
      const context = `killed after ${instants.join(' ')} ms of ${Math.round(fullMs)}`
      is(await daemon.inspect('runs', '.State.Status'), 'running', context)
      is(Number(await daemon.inspect('runs', '.State.Pid')), init.pid, context)
      ok(isAlive(init), context)
      is(await daemon.inspect('exits', '.State.Status'), 'exited', context)
      is(await daemon.inspect('exits', '.State.ExitCode'), '5', context)
      is(occurrences(await daemon.ok('explain', 'exits'), 'ContainerExited'), 1, context)
      await eventually(
        `temporary is removed, ${context}`,
        async () => !(await daemon.ok('ps', '-a')).includes('temporary'),
      )
      const verdict = await daemon.isula(['audit', 'verify'])
      is(verdict.code, 0, `${verdict.stdout}${verdict.stderr}${context}`)
      is(await daemon.ok('exec', 'runs', 'echo', 'hello'), 'hello')
      await daemon.ok('rm', '-f', 'runs', 'exits')
      equal(await leaks(daemon), [])
    } finally {
      await daemon.dispose()
    }
  },
  80_000,
)

test.run()
