/** Children of posix_spawn: what they are given, how they end, and that nothing is left of them. */
import { once } from 'node:events'
import { openSync, closeSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { spawnChild, type Child, type ChildRequest } from './child.ts'
import { listPids, readStat } from './proc.ts'
import { reap } from './reap.ts'

const test = suite('child')
const folder = mkdtempSync(join(tmpdir(), 'child-'))
test.after(() => rmSync(folder, { recursive: true }))

const start = async (request: Partial<ChildRequest>): Promise<Child> => {
  const child = await spawnChild({
    file: '/bin/sh',
    args: [],
    env: { PATH: '/usr/bin:/bin' },
    cwd: '/',
    stdio: ['ignore', 'read', 'ignore'],
    ...request,
  })
  if (!child.ok) throw new Error(child.errno)
  return child.value
}

const sh = (script: string, request: Partial<ChildRequest> = {}): Promise<Child> =>
  start({ args: ['-c', script], ...request })

const outputOf = async (child: Child, number = 1): Promise<string> => {
  const stream = child.streams[number]
  const output = stream === undefined ? '' : await text(stream)
  await child.exited
  return output
}

const ended = async (stream: Socket | undefined): Promise<void> => {
  if (stream !== undefined && !stream.closed) await once(stream, 'close')
}
/** What was destroyed is closed a little later. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 20))
const openDescriptors = (): number => readdirSync('/proc/self/fd').length
const ownChildren = (): ReadonlyArray<number> =>
  listPids().filter((pid) => readStat(pid)?.parentPid === process.pid)

test('exit codes and signals are told, and the child is reaped', async () => {
  const [exits, killed] = await Promise.all([sh('exit 7'), sh('kill -TERM $$')])
  assert.equal(await exits.exited, { _tag: 'Exited', code: 7 })
  assert.equal(await killed.exited, { _tag: 'Signalled', signal: 'SIGTERM' })
  assert.equal(reap(exits.pid), { ok: false, errno: 'ECHILD' })
})

test('what cannot be executed is answered with its errno, and nothing stays open', async () => {
  const before = openDescriptors()
  const answer = async (request: Partial<ChildRequest>) => {
    const child = await spawnChild({
      file: '/bin/true',
      args: [],
      env: {},
      cwd: '/',
      stdio: ['read'],
      ...request,
    })
    return child.ok ? 'started' : child.errno
  }
  assert.is(await answer({ file: '/nosuch/program' }), 'ENOENT')
  assert.is(await answer({ file: '/etc/passwd' }), 'EACCES')
  assert.is(await answer({ cwd: '/nosuch' }), 'ENOENT')
  assert.is(await answer({ args: ['a\0b'] }), 'EINVAL')
  assert.is(await answer({ stdio: ['read', 4_000_000_000] }), 'EBADF')
  assert.is(openDescriptors(), before)
})

test('arguments, environment and working directory arrive as they are', async () => {
  const script = 'pwd; printf "%s|" "$#" "$@"; env | grep -c .; printf %s "$NAME"'
  const child = await start({
    args: ['-c', script, 'sh', 'é ü', '', '*'],
    env: { PATH: '/usr/bin:/bin', NAME: 'tab\tand=' },
    cwd: folder,
  })
  const [directory, rest, name] = (await outputOf(child)).split('\n')
  assert.is(directory, folder)
  // PWD and _ are the shell's own.
  assert.ok(/^3\|é ü\|\|\*\|[2-4]$/.test(rest ?? ''), rest)
  assert.is(name, 'tab\tand=')
})

test('a program without a slash is found on PATH', async () => {
  assert.is(await outputOf(await start({ file: 'echo', args: ['found'] })), 'found\n')
})

test('pipes go both ways, also beyond the standard streams', async () => {
  const child = await sh('read line <&4; echo "got $line" >&5; echo err >&2', {
    stdio: ['ignore', 'ignore', 'read', 'ignore', 'write', 'read'],
  })
  child.streams[4]?.end('word\n')
  const [five, err] = await Promise.all([outputOf(child, 5), outputOf(child, 2)])
  assert.equal([five, err], ['got word\n', 'err\n'])
  assert.is(child.streams[0], undefined)
})

test('descriptors of ours may have the number of another target', async () => {
  const paths = ['a', 'b'].map((name) => join(folder, name))
  const [a = -1, b = -1] = paths.map((path) => openSync(path, 'w+'))
  const [highest, fd] = [Math.max(a, b), '/proc/self/fd']
  // The two swap their numbers.
  const stdio = Array.from({ length: highest + 1 }, (_, number) =>
    number === a ? b : number === b ? a : number === 1 ? ('read' as const) : ('ignore' as const),
  )
  const swapped = await sh(`echo for-b >>${fd}/${a}; echo for-a >>${fd}/${b}`, { stdio })
  assert.equal(await swapped.exited, { _tag: 'Exited', code: 0 })
  const kept = stdio.map((entry, number) => (number === a ? a : entry))
  const same = await sh(`echo again >>${fd}/${a}`, { stdio: kept })
  assert.equal(await same.exited, { _tag: 'Exited', code: 0 })
  const list = async (entries: ChildRequest['stdio']) =>
    outputOf(await start({ file: 'ls', args: [fd], stdio: entries }))
  const ignored = stdio.map((_, number) => (number === 1 ? 'read' : 'ignore'))
  assert.is(await list(stdio), await list(ignored))
  closeSync(a)
  closeSync(b)
  const written = paths.map((path) => readFileSync(path, 'utf8'))
  assert.equal(written, ['for-a\nagain\n', 'for-b\n'])
})

test('no other descriptor of ours reaches the child', async () => {
  const path = join(folder, 'secret')
  const kept = openSync(path, 'w')
  assert.not.match(await outputOf(await sh('ls -l /proc/self/fd')), path)
  closeSync(kept)
})

test('the child has default signals, none blocked, and a session of its own', async () => {
  const ignored = () => undefined
  process.on('SIGUSR2', ignored)
  const child = await sh(
    'grep -E "^Sig(Blk|Ign)" /proc/self/status; cut -d" " -f1,5,6 /proc/$$/stat',
  )
  const output = await outputOf(child)
  process.off('SIGUSR2', ignored)
  for (const name of ['SigBlk', 'SigIgn']) {
    assert.match(output, new RegExp(`^${name}:\\s0+$`, 'm'))
  }
  assert.match(output, `${child.pid} ${child.pid} ${child.pid}`)
})

test('SIGPIPE ends a child whose reader is gone', async () => {
  const child = await start({ file: 'yes' })
  child.streams[1]?.destroy()
  assert.equal(await child.exited, { _tag: 'Signalled', signal: 'SIGPIPE' })
})

test('the whole group is killed, and after the exit nobody', async () => {
  const child = await sh('sleep 100 & echo $!; wait')
  const grandchild = await new Promise<number>((resolve) => {
    child.streams[1]?.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())))
  })
  // It holds the pipe too.
  const closed = ended(child.streams[1])
  child.killGroup()
  assert.equal(await child.exited, { _tag: 'Signalled', signal: 'SIGKILL' })
  await closed
  child.killGroup()
  assert.not.ok(['S', 'R'].includes(readStat(grandchild)?.state ?? 'gone'))
})

test('R-32 two hundred children at a time leave no descriptor and no zombie', async () => {
  await settle()
  const [descriptors, before] = [openDescriptors(), ownChildren().length]
  const stdio = ['write', 'read', 'read'] as const
  const started = await Promise.all(
    Array.from({ length: 200 }, (_, i) => sh(`cat; exit ${i}`, { stdio })),
  )
  const codes = started.map(async (child, i) => {
    child.streams[0]?.end(`${i}`)
    const output = await outputOf(child)
    await outputOf(child, 2)
    const exit = await child.exited
    return output === `${i}` && exit._tag === 'Exited' && exit.code === i
  })
  assert.ok((await Promise.all(codes)).every(Boolean))
  await settle()
  assert.is(openDescriptors(), descriptors)
  assert.is(ownChildren().length, before)
})

test.run()
