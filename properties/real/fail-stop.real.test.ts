/** A full disk and a disk that cannot sync: what was acknowledged stays, what helps goes on. */
// deadline: 120s
import { spawn, execFileSync, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { equal, is, match, not, ok } from 'uvu/assert'
import { errnoOf } from '../../journal/forensic/directory-files.ts'
import { loadBusybox } from '../harness/busybox.ts'
import { TestDaemon } from '../harness/daemon.ts'
import { holdings, leaks } from '../harness/leaks.ts'
import { eventually } from '../harness/processes.ts'
import { suite } from '../testing/suite.ts'

const test = suite('fail-stop of a daemon')
const needs = ['root', 'program:conmon', 'program:busybox', 'program:mount'] as const
const megabyte = 1024 * 1024

/** A daemon whose root is a file system of 160 MiB: the journal's reserve takes 64 of them. */
const onSmallDisk = async (work: (daemon: TestDaemon) => Promise<void>): Promise<void> => {
  const daemon = new TestDaemon()
  mkdirSync(daemon.root)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=0711', 'tmpfs', daemon.root])
  try {
    await daemon.start()
    await loadBusybox(daemon)
    await work(daemon)
  } finally {
    for (const junk of ['one', 'two']) rmSync(`${daemon.root}/${junk}`, { force: true })
    await daemon.dispose()
  }
}

const freeBytes = (daemon: TestDaemon): number => {
  const { bavail, bsize } = statfsSync(daemon.root)
  return bavail * bsize
}

/** Somebody else's file takes the space, down to `leaveBytes`. */
const fill = (daemon: TestDaemon, name: string, leaveBytes = 0): void => {
  const file = openSync(`${daemon.root}/${name}`, 'w')
  try {
    for (let left = freeBytes(daemon); left > leaveBytes; left = freeBytes(daemon))
      writeSync(file, Buffer.alloc(Math.min(megabyte, left - leaveBytes)))
  } catch (error) {
    if (errnoOf(error) !== 'ENOSPC') throw error
  } finally {
    closeSync(file)
  }
}

const names = async (daemon: TestDaemon): Promise<ReadonlyArray<string>> =>
  (await daemon.ok('ps', '-a', '--format', '{{.Names}}'))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .sort()

/** Renames until the journal has no more room; the last name that was acknowledged. */
const renameUntilRefused = async (daemon: TestDaemon, from: string) => {
  let name = from
  for (let n = 0; n < 200; n += 1) {
    const ran = await daemon.isula(['rename', name, `${from}-${n}`])
    if (ran.code !== 0) return { name, refusal: ran.stderr }
    name = `${from}-${n}`
  }
  throw new Error('the disk is not full')
}

const isWritable = (daemon: TestDaemon): Promise<boolean> =>
  eventually(
    'the journal takes commands again',
    async () => (await daemon.isula(['create', '--name', 'probe', 'busybox', 'true'])).code === 0,
    15_000,
  )

const isClean = async (daemon: TestDaemon): Promise<void> => {
  const verdict = await daemon.isula(['audit', 'verify'])
  is(verdict.code, 0, `${verdict.stdout}${verdict.stderr}`)
}

/** The disk itself is the test's. */
const onlyTheDiskIsLeft = (daemon: TestDaemon): Promise<boolean> =>
  eventually('nothing is left on the host but the disk', () => {
    const { mounts, cgroups, processes, files } = holdings(daemon)
    return mounts.join() === daemon.root && [...cgroups, ...processes, ...files].length === 0
  })

test.needs(
  needs,
  'R-52 J5: on a full disk the journal is read-only by name, ending and removing still work',
  () =>
    onSmallDisk(async (daemon) => {
      await daemon.ok('run', '-d', '--name', 'runs', 'busybox', 'sleep', '1000')
      await daemon.ok('run', '-d', '--name', 'ends', 'busybox', 'sh', '-c', 'sleep 1000')
      await daemon.ok('create', '--name', 'made', 'busybox', 'true')
      fill(daemon, 'one')
      const { name, refusal } = await renameUntilRefused(daemon, 'made')
      match(refusal, /journal is read-only: .*space/i)
      // The reserve was given back: leave the journal some of it, but too little to be put back.
      fill(daemon, 'two', 24 * megabyte)
      equal(await names(daemon), ['ends', 'runs', name].sort())
      const create = await daemon.isula(['create', 'busybox', 'true'])
      not.equal(create.code, 0)
      match(create.stderr, /journal is read-only/)
      process.kill(Number(await daemon.inspect('ends', '.State.Pid')), 'SIGKILL')
      await eventually(
        'the exit is journalled',
        async () => (await daemon.inspect('ends', '.State.Status')) === 'exited',
      )
      await daemon.ok('stop', '-t', '0', 'runs')
      await daemon.ok('rm', 'ends')
      await daemon.kill9()
      await daemon.start()
      equal(await names(daemon), ['runs', name].sort())
      is(await daemon.inspect('runs', '.State.Status'), 'exited')
      match((await daemon.isula(['create', 'busybox', 'true'])).stderr, /journal is read-only/)
      for (const junk of ['one', 'two']) rmSync(`${daemon.root}/${junk}`)
      await isWritable(daemon)
      await daemon.ok('start', 'runs')
      await daemon.kill9()
      await daemon.start()
      equal(await names(daemon), ['probe', 'runs', name].sort())
      is(await daemon.inspect('runs', '.State.Status'), 'running')
      await isClean(daemon)
      await daemon.ok('rm', '-f', 'runs', 'probe', name)
      await onlyTheDiskIsLeft(daemon)
    }),
  60_000,
)

test.needs(
  needs,
  'R-52: a daemon starts at 0 bytes free and can remove what takes the space',
  () =>
    onSmallDisk(async (daemon) => {
      await daemon.ok('run', '-d', '--name', 'runs', 'busybox', 'sleep', '1000')
      await daemon.ok('create', '--name', 'made', 'busybox', 'true')
      await daemon.kill9()
      fill(daemon, 'one')
      is(freeBytes(daemon), 0)
      await daemon.start()
      equal(await names(daemon), ['made', 'runs'])
      is(await daemon.inspect('runs', '.State.Status'), 'running')
      const create = await daemon.isula(['create', 'busybox', 'true'])
      match(create.stderr, /journal is read-only/)
      await daemon.ok('rm', '-f', 'runs')
      await daemon.ok('rm', 'made')
      await daemon.ok('rmi', 'busybox')
      rmSync(`${daemon.root}/one`)
      await eventually('the image is loaded again', async () => {
        const load = await daemon.isula(['load', '-i', `${daemon.directory}/busybox.tar`])
        return load.code === 0
      })
      await daemon.kill9()
      await daemon.start()
      await isClean(daemon)
      await onlyTheDiskIsLeft(daemon)
    }),
  60_000,
)

/** From now on fdatasync fails in the daemon, until the returned function is called. */
const failingSync = async (daemon: TestDaemon): Promise<() => Promise<void>> => {
  const rule = ['-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=EIO']
  const args = ['-f', '-o', '/dev/null', ...rule, '-p', String(daemon.pid)]
  const tracer: ChildProcess = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  await new Promise<void>((attached, failed) => {
    tracer.stderr?.on('data', (text: Buffer) => {
      if (text.toString().includes('attached')) attached()
    })
    tracer.once('error', failed)
    tracer.once('exit', () => failed(new Error('strace ended')))
  })
  return () =>
    new Promise((done) => {
      if (tracer.exitCode !== null || tracer.signalCode !== null) return done()
      tracer.removeAllListeners('exit').once('exit', () => done())
      tracer.kill('SIGINT')
    })
}

const withDaemon = async (work: (daemon: TestDaemon) => Promise<void>): Promise<void> => {
  const daemon = new TestDaemon()
  try {
    await daemon.start()
    await loadBusybox(daemon)
    await work(daemon)
  } finally {
    await daemon.dispose()
  }
}

const acknowledged = ['one', 'two', 'three']

/** Everything acknowledged is there; what was in doubt is whole or absent. */
const nothingIsLost = async (daemon: TestDaemon): Promise<void> => {
  const found = await names(daemon)
  for (const name of acknowledged) ok(found.includes(name), `${name} of ${found.join(' ')}`)
  await isClean(daemon)
  for (const name of found) await daemon.ok('rm', '-f', name)
  equal(await leaks(daemon), [])
}

test.needs(
  [...needs, 'program:strace'],
  'J5 J2: a disk that never syncs again ends the daemon with 75, and nothing acknowledged is lost',
  () =>
    withDaemon(async (daemon) => {
      for (const name of acknowledged) await daemon.ok('create', '--name', name, 'busybox', 'true')
      const repair = await failingSync(daemon)
      try {
        const doubtful = await daemon.isula(['create', '--name', 'doubtful', 'busybox', 'true'])
        not.equal(doubtful.code, 0)
        match(doubtful.stderr, /outcome of request \S+ is unknown/)
        is(await daemon.ended(), 75)
      } finally {
        await repair()
      }
      await daemon.start()
      await nothingIsLost(daemon)
    }),
  60_000,
)

test.needs(
  [...needs, 'program:strace'],
  'J5 J2: a disk that cannot sync for a moment costs no acknowledged command',
  () =>
    withDaemon(async (daemon) => {
      for (const name of acknowledged) await daemon.ok('create', '--name', name, 'busybox', 'true')
      const repair = await failingSync(daemon)
      try {
        const doubtful = daemon.isula(['create', '--name', 'doubtful', 'busybox', 'true'])
        await eventually('the append fails', () => daemon.tail().includes('append failed'))
        await repair()
        const ran = await doubtful
        if (ran.code !== 0) match(ran.stderr, /read-only|is unknown/)
        else ok((await names(daemon)).includes('doubtful'))
      } finally {
        await repair()
      }
      // On a slow machine three reopenings may fit into the moment.
      if (!daemon.isRunning) await daemon.start()
      await isWritable(daemon)
      await daemon.kill9()
      await daemon.start()
      await nothingIsLost(daemon)
    }),
  60_000,
)

test.run()
