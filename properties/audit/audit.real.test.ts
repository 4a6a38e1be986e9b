/** `isula-audit` on a real host: a clean system is clean, and each disturbance is found. */
// deadline: 120s
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as assert from 'uvu/assert'
import { loadBusybox } from '../harness/busybox.ts'
import { executables, TestDaemon } from '../harness/daemon.ts'
import { eventually, monitorsOf } from '../harness/processes.ts'
import { run, type Ran } from '../harness/run.ts'
import { suite } from '../testing/suite.ts'

const test = suite('isula-audit on a host')
const needs = ['root', 'program:conmon', 'program:busybox', 'program:unshare'] as const
let daemon: TestDaemon

test.before(async () => {
  if (process.getuid?.() !== 0) return
  daemon = new TestDaemon()
  await daemon.start()
  await loadBusybox(daemon)
  const busybox = ['busybox', 'sh', '-c']
  await daemon.ok('run', '-d', '--name', 'runs', ...busybox, 'sleep 1000')
  await daemon.ok('run', '-d', '--name', 'exits', ...busybox, 'exit 3')
  await daemon.ok('create', '--name', 'idle', ...busybox, 'true')
  await daemon.ok('run', '-d', '--name', 'stopped', ...busybox, 'sleep 1000')
  await daemon.ok('stop', '-t', '0', 'stopped')
  await daemon.ok('run', '-d', '--name', 'killed', ...busybox, 'sleep 1000')
  await daemon.ok('kill', 'killed')
})

test.after(async () => {
  if (process.getuid?.() === 0) await daemon.dispose()
})

const audit = (...args: ReadonlyArray<string>): Promise<Ran> => run(executables.audit, args)

const live = (...args: ReadonlyArray<string>): Promise<Ran> =>
  audit(...args, '-H', `unix://${daemon.socket}`)

const place = (): ReadonlyArray<string> => [
  ...['--graph', daemon.root, '--state', daemon.state],
  ...['--cgroup-parent', daemon.cgroupParent],
]

const dead = (...args: ReadonlyArray<string>): Promise<Ran> =>
  audit(...args, '--journal', daemon.root, ...place())

const isClean = async (answer: () => Promise<Ran>): Promise<void> => {
  let last: Ran | undefined
  const cleanAtLast = eventually('the audit is clean', async () => {
    last = await answer()
    return last.code === 0
  })
  await cleanAtLast.catch((error: unknown) => {
    throw new Error(`${String(error)}\n${last?.stdout ?? ''}${last?.stderr ?? ''}`)
  })
}

/** The first one holds the daemon's own look and that of the program. */
const verdicts = (): ReadonlyArray<() => Promise<Ran>> => [
  () => live('verify', '--host', ...place()),
  () => dead('verify', '--host'),
]

/** Found by the daemon's own look and by the one of the program alone; clean again afterwards. */
const isFound = async (what: RegExp, disturb: () => void, undo: () => void): Promise<void> => {
  disturb()
  try {
    for (const verdict of verdicts()) {
      const { code, stdout } = await verdict()
      assert.is(code, 1, stdout)
      assert.match(stdout, what)
    }
  } finally {
    undo()
  }
  for (const verdict of verdicts()) await isClean(verdict)
}

test.needs(needs, 'a clean system is clean, over the socket and from the directory', async () => {
  for (const verdict of verdicts()) await isClean(verdict)
  const { stdout } = await live('verify')
  for (const check of ['chain', 'legality', 'ends', 'daemon/replay', 'daemon/host'])
    assert.match(stdout, new RegExp(`${check} +ok`))
})

test.needs(needs, 'a mount made by hand is found', () => {
  const point = `${daemon.root}/storage/overlay-containers/${'f'.repeat(64)}/merged`
  return isFound(
    /finding: \S*host: (mount|container) \S*f{64}/,
    () => {
      mkdirSync(point, { recursive: true })
      execFileSync('mount', ['-t', 'tmpfs', 'stray', point])
    },
    () => {
      execFileSync('umount', [point])
      rmSync(dirname(point), { recursive: true })
    },
  )
})

const strayCgroup = (): string => {
  const base = readdirSync('/sys/fs/cgroup')
    .map((hierarchy) => `/sys/fs/cgroup/${hierarchy}${daemon.cgroupParent}`)
    .find((path) => existsSync(path))
  return `${base ?? `/sys/fs/cgroup${daemon.cgroupParent}`}/stray`
}

test.needs(needs, 'a cgroup made by hand is found', () => {
  const path = strayCgroup()
  return isFound(
    /finding: \S*host: cgroup \S+\/stray: it has our mark/,
    () => mkdirSync(path),
    () => rmdirSync(path),
  )
})

test.needs(needs, 'a process put below our cgroup by hand is found', async () => {
  const path = strayCgroup()
  let child: ChildProcess | undefined
  await isFound(
    /finding: \S*host: process \S+\/stray: \d+: it has our mark/,
    () => {
      mkdirSync(path)
      child = spawn('sleep', ['1000'], { stdio: 'ignore' })
      writeFileSync(`${path}/cgroup.procs`, String(child.pid))
    },
    () => {
      child?.kill('SIGKILL')
      // The kernel lets go of a cgroup when its last process has been reaped.
      const removeWhenEmpty = `until rmdir ${path} 2>/dev/null; do sleep 0.05; done`
      execFileSync('sh', ['-c', `timeout 5 sh -c '${removeWhenEmpty}'`])
    },
  )
})

test.needs(needs, 'a network namespace made by hand is found', () => {
  const path = `/run/netns/isulacni-test-${process.pid}`
  return isFound(
    /finding: netns: netns \/run\/netns\/isulacni-test-\d+: it has our mark/,
    () => {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, '')
      execFileSync('unshare', [`--net=${path}`, 'true'])
    },
    () => {
      execFileSync('umount', [path])
      rmSync(path)
    },
  )
})

test.needs(needs, 'the tools tell the same over the socket and from the directory', async () => {
  for (const command of [
    ['timeline', '--json'],
    ['timeline', 'runs', '--json'],
    ['explain', 'stopped', '--json'],
    ['state', '--json'],
    ['diff', '--from', '5', '--to', '20', '--json'],
  ] as const) {
    const [a, b] = [await live(...command), await audit(...command, '-j', daemon.root)]
    assert.is(a.code, 0, a.stderr)
    const plain = (ran: Ran): object => {
      const document = JSON.parse(ran.stdout) as Record<string, unknown>
      return { ...document, source: '', notes: [] }
    }
    assert.equal(plain(a), plain(b))
  }
})

test.needs(needs, 'a container killed while the daemon looks on is found', async () => {
  await daemon.ok('run', '-d', '--name', 'victim', 'busybox', 'sleep', '1000')
  process.kill(Number(await daemon.inspect('victim', '.State.Pid')), 'SIGKILL')
  const found = await eventually('it is found', async () => {
    const ran = await live('verify')
    return ran.code === 1 && ran
  })
  assert.match(found.stdout, /finding: ends: container [0-9a-f]{64}: run 1 was killed \(code 137\)/)
  await daemon.ok('rm', 'victim')
  await isClean(() => live('verify'))
})

test.needs(
  needs,
  'M-06 containers killed while the daemon is dead are found, and the plan says what follows',
  async () => {
    for (const name of ['alone', 'both'])
      await daemon.ok('run', '-d', '--name', name, 'busybox', 'sleep', '1000')
    const pids = [
      Number(await daemon.inspect('alone', '.State.Pid')),
      Number(await daemon.inspect('both', '.State.Pid')),
    ] as const
    const id = await daemon.inspect('both', '.Id')
    await daemon.kill9()
    await isClean(() => dead('verify', '--host'))
    for (const monitor of monitorsOf(id)) process.kill(monitor, 'SIGKILL')
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    const found = await eventually('both are found', async () => {
      const ran = await dead('verify', '--host')
      return /behind the daemon's back/.test(ran.stdout) && ran
    })
    assert.is(found.code, 1)
    assert.match(found.stdout, new RegExp(`container ${id}: its process is missing`))
    const planned = await dead('recover', '--plan')
    assert.is(planned.code, 0, planned.stderr)
    assert.match(planned.stdout, /the run before ended so: crashed/)
    assert.match(planned.stdout, /it exited with 137 while the daemon was away: recorded/)
    assert.match(planned.stdout, /run 1 ended by itself with an unknown code/)
    assert.match(planned.stdout, /: Release: /)
    const plan = JSON.parse((await dead('recover', '--plan', '--json')).stdout) as {
      readonly records: ReadonlyArray<{ readonly kind: string; readonly stream: string }>
    }
    const before = (await audit('timeline', '-j', daemon.root)).stdout.trim().split('\n').length - 1
    await daemon.start()
    const done = await eventually('the start has recorded its recovery', async () => {
      const { stdout } = await audit('timeline', '-j', daemon.root, '--json')
      const { entries } = JSON.parse(stdout) as { readonly entries: typeof plan.records }
      const news = entries.slice(before + 1, before + 1 + plan.records.length)
      return news.length === plan.records.length && news
    })
    const names = (records: typeof plan.records): ReadonlyArray<string> =>
      records.map(({ stream, kind }) => `${stream} ${kind}`)
    assert.equal(names(done), names(plan.records), 'the start records what was planned')
    await daemon.ok('rm', 'alone', 'both')
    await isClean(() => live('verify'))
  },
)

test.run()
