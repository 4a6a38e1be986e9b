/** Groups 4, 5 and 7 of the recovery catalogue: who runs, policies, clocks, who waits (spec 95). */
import * as TE from 'fp-ts/lib/TaskEither.js'
import { indeterminate, notApplied } from '../../domain/ports/answer.ts'
import { exits, forever } from '../../simulator/host/program.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { suite } from '../testing/suite.ts'
import { c1, c2, expect, failing, holdsCalmly, succeeded, survives } from './scenario.ts'

const test = suite('catalogue: who runs')

test('R-22 R-26 an exit whose notices are all lost is seen all the same', () =>
  survives('R-22', {
    programs: [exits(3, 120)],
    host: () => (ports) => ({
      ...ports,
      watch: { ...ports.watch, onNotice: () => undefined },
    }),
    scripts: [
      async (client) => {
        await client.call(c.create(c1))
        await client.call(c.start(c1))
        await client.until('it is known to have exited', (w) => {
          const run = w.container(c1)?.lastRun
          return run?.exit._tag === 'KnownExit' && run.exit.code === 3
        })
      },
    ],
  }))

test('R-26 a process that ends before anybody could look has its exit, once', () =>
  survives('R-26', {
    programs: [exits(5, 0)],
    scripts: [
      async (client) => {
        await client.call(c.create(c1))
        await client.call(c.start(c1))
        await client.until('it exited', (w) => w.container(c1)?.phase._tag === 'Exited')
      },
    ],
  }))

test('R-27 R-28 execs end with their container, and nothing of them stays', () =>
  survives('R-27', {
    programs: [exits(4, 90)],
    scripts: [
      async (client) => {
        await client.call(c.create(c1))
        await client.call(c.start(c1))
        await Promise.all([
          client.call(c.exec(c1, { exec: 'e1', args: ['forever'] })),
          client.call(c.exec(c1, { exec: 'e2', args: ['exit', '0', '10'] })),
          client.call(c.exec(c1, { exec: 'e3', args: ['fail'] })),
        ])
        await client.until('no exec is open', (w) => {
          const one = w.container(c1)
          return one !== undefined && Object.keys(one.execs).length === 0
        })
      },
    ],
  }))

test('R-33 R-58 one container whose kill hangs holds up nobody else', () =>
  survives('R-33', {
    host: () => {
      const hangs = failing(3)
      return (ports) => ({
        ...ports,
        cgroup: {
          ...ports.cgroup,
          killAll: (ref) =>
            ref.id === c1 && hangs()
              ? TE.left(indeterminate('no answer in time'))
              : ports.cgroup.killAll(ref),
        },
      })
    },
    scripts: [
      async (client) => {
        await client.call(c.create(c1))
        await client.call(c.start(c1))
        const stuck = client.call(c.remove(c1, true))
        succeeded(await client.call(c.create(c2)), 'another container')
        succeeded(await client.call(c.start(c2)), 'its start')
        await client.until('it runs', (w) => w.container(c2)?.phase._tag === 'Running')
        succeeded(await stuck, 'the removal in the end')
      },
    ],
  }))

test('R-38 a policy whose start failed for want of space goes on when there is space', () =>
  survives('R-38', {
    programs: [exits(1, 30), forever],
    host: () => {
      const isFull = failing(3)
      return (ports) => ({
        ...ports,
        monitor: {
          ...ports.monitor,
          launch: (request) =>
            request.ref.attempt > 1 && isFull()
              ? TE.left(notApplied('ENOSPC', 'no space left on device'))
              : ports.monitor.launch(request),
        },
      })
    },
    scripts: [
      async (client) => {
        const restart = { Name: 'always', MaximumRetryCount: 0 } as const
        await client.call(c.create(c1, { restart }))
        await client.call(c.start(c1))
        await client.until('it runs for good', (w) => {
          const one = w.container(c1)
          return one?.phase._tag === 'Running' && one.attempt > 1
        })
        await client.call(c.stop(c1, 0))
      },
    ],
  }))

test('R-40 whoever waits for a stop is answered over any crash, and so is the second asker', () =>
  survives('R-40', {
    programs: [{ deaf: true }],
    scripts: [
      async (client) => {
        await client.call(c.create(c1))
        await client.call(c.start(c1))
        const first = client.call(c.stop(c1, 400))
        await client.sleep(50)
        const second = client.call(c.stop(c1, 1_000))
        for (const result of await Promise.all([first, second])) succeeded(result, 'the stop')
        await client.until('it is stopped', (w) => w.container(c1)?.phase._tag === 'Exited')
      },
    ],
  }))

test('R-41 I9 a wall clock that jumps back ten years restarts nothing twice', () =>
  holdsCalmly('R-41', {
    programs: [exits(1, 50)],
    host: () => {
      let looks = 0
      return (ports) => ({
        ...ports,
        clock: {
          now: () => {
            const now = ports.clock.now()
            looks += 1
            const jumpedMs = looks % 7 < 3 ? -315_000_000_000 : 0
            return { ...now, wallMs: now.wallMs + jumpedMs }
          },
        },
      })
    },
    scripts: [
      async (client) => {
        const restart = { Name: 'on-failure', MaximumRetryCount: 2 } as const
        await client.call(c.create(c1, { restart }))
        await client.call(c.start(c1))
        await client.until('it gave up', (w) => {
          const one = w.container(c1)
          return one?.attempt === 3 && one.phase._tag === 'Exited' && one.phase.restart === null
        })
        await client.sleep(600_000)
        await client.until('it stays so', (w) => {
          expect(w.container(c1)?.attempt === 3, 'three attempts and no more')
          return true
        })
      },
    ],
  }))

test.run()
