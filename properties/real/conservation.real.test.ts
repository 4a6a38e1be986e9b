/** What is on the host and in the journal agrees, and is made durable in the right order. */
// deadline: 90s
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { equal, is, match, not, ok } from 'uvu/assert'
import { loadBusybox } from '../harness/busybox.ts'
import { TestDaemon } from '../harness/daemon.ts'
import { leaks } from '../harness/leaks.ts'
import { suite } from '../testing/suite.ts'

const test = suite('conservation')
const needs = ['root', 'program:conmon', 'program:busybox'] as const
const stray = 'f'.repeat(64)

test.needs(
  needs,
  'M-14 R-61: what carries our mark and has no owner is found at every start and by the audit',
  async () => {
    const daemon = new TestDaemon()
    try {
      await daemon.start()
      await loadBusybox(daemon)
      await daemon.ok('run', '-d', '--name', 'owner', 'busybox', 'sleep', '1000')
      is((await daemon.isula(['audit', 'verify'])).code, 0)
      await daemon.kill9()
      const cgroup = `/sys/fs/cgroup/memory${daemon.cgroupParent}/${stray}`
      const directory = `${daemon.root}/storage/overlay-containers/${stray}`
      mkdirSync(cgroup, { recursive: true })
      mkdirSync(directory, { recursive: true })
      await daemon.start()
      match(await daemon.ok('recovery', 'show'), new RegExp(stray))
      const audit = await daemon.isula(['audit', 'verify'])
      not.equal(audit.code, 0)
      match(audit.stdout, new RegExp(stray))
      rmdirSync(cgroup)
      rmSync(directory, { recursive: true })
      is((await daemon.isula(['audit', 'verify'])).code, 0)
      await daemon.ok('rm', '-f', 'owner')
      equal(await leaks(daemon), [])
    } finally {
      await daemon.dispose()
    }
  },
)

/** Lines of an strace of the daemon, in the order of the calls' ends. */
const traced = (file: string): ReadonlyArray<string> => readFileSync(file, 'utf8').split('\n')

test.needs(
  [...needs, 'program:strace'],
  'M-09 R-14 W9: a layer is synced, renamed, its directory synced, and only then journalled',
  async () => {
    const trace = `${mkdtempSync(`${tmpdir()}/isulad-trace-`)}/trace`
    const daemon = new TestDaemon({
      wrapper: [
        ...['strace', '-D', '-f', '-qq', '-y', '-s', '65536', '-o', trace],
        ...['-e', 'trace=rename,renameat,renameat2,fsync,fdatasync,syncfs,write,pwrite64'],
      ],
    })
    try {
      await daemon.start()
      await loadBusybox(daemon)
      await daemon.signal('SIGTERM')
      const lines = traced(trace)
      const after = (from: number, pattern: RegExp): number =>
        lines.findIndex((line, i) => i > from && pattern.test(line))
      const synced = after(-1, /syncfs\(.*storage/)
      const renamed = after(synced, /rename.*storage\/staging\/.*storage\/overlay\//)
      const directory = after(renamed, /fsync\(\d+<[^>]*storage\/overlay>/)
      const journalled = after(directory, /LayerCommitted/)
      ok(synced >= 0, 'the tree is synced')
      ok(renamed > synced, 'it is renamed after the sync')
      ok(directory > renamed, 'the directory is synced after the rename')
      ok(journalled > directory, 'the event is written after that')
      is(
        lines.slice(0, directory).some((line) => /LayerCommitted/.test(line)),
        false,
      )
    } finally {
      await daemon.dispose()
      rmSync(dirname(trace), { recursive: true, force: true })
    }
  },
  80_000,
)

test.run()
