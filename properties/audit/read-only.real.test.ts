/** Whatever `isula-audit` is asked, it changes no file of the daemon and of its containers. */
import assert from 'node:assert/strict'
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs'
import { runAudit } from '../../cli/isula-audit/audit-command.ts'
import { loadBusybox } from '../harness/busybox.ts'
import { TestDaemon } from '../harness/daemon.ts'
import { suite } from '../testing/suite.ts'

const test = suite('isula-audit only reads')

/** Every file with what any change of it would change. */
const picture = (directory: string): ReadonlyArray<string> =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const { ino, mode, size, mtimeMs, ctimeMs } = lstatSync(`${directory}/${name}`)
      return `${name}: inode ${ino}, mode ${mode}, ${size} bytes, ${mtimeMs}, ${ctimeMs}`
    })
    .sort()

/** A crash between a launch and its record leaves none: who looks has to prove it anew. */
const removeLaunchRecords = (state: string): number => {
  const records = readdirSync(state, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('/launch.json'))
    .map((name) => `${state}/${name}`)
  for (const path of records) rmSync(path)
  return records.length
}

const audited = async (...args: ReadonlyArray<string>): Promise<string> => {
  let said = ''
  const tell = (text: string): void => void (said += text)
  const code = await runAudit(args, { out: tell, error: tell })
  assert.equal(code, 0, `${args.join(' ')}\n${said}`)
  return said
}

const commandsOn = ({ root, state, cgroupParent, directory }: TestDaemon) => {
  const place = ['--graph', root, '--state', state, '--cgroup-parent', cgroupParent]
  const journal = ['--journal', root]
  return [
    ['verify', '--host', ...journal, ...place],
    ['recover', '--plan', ...journal, ...place],
    ['timeline', ...journal],
    ['explain', 'runs', ...journal],
    ['state', ...journal],
    ['diff', '--from', '5', '--to', '8', ...journal],
    ['power-loss', root, '--states', '2'],
    ['export', `${directory}/slice`, ...journal],
    ['import', '--check', `${directory}/slice`],
  ]
}

const leaveLaunchesUnrecorded = async (daemon: TestDaemon): Promise<void> => {
  await daemon.start()
  await loadBusybox(daemon)
  await daemon.ok('run', '-d', '--name', 'runs', 'busybox', 'sleep', '1000')
  await daemon.ok('exec', '-d', 'runs', 'sleep', '1000')
  await daemon.kill9()
  assert.equal(removeLaunchRecords(daemon.state), 2)
}

test.needs(
  ['root', 'program:conmon', 'program:busybox'],
  'no command changes a file, and processes without a record are proved all the same',
  async () => {
    const daemon = new TestDaemon()
    try {
      await leaveLaunchesUnrecorded(daemon)
      const before = [daemon.root, daemon.state].map(picture)
      for (const command of commandsOn(daemon)) {
        await audited(...command)
        assert.deepEqual([daemon.root, daemon.state].map(picture), before, command.join(' '))
      }
      assert.ok(existsSync(`${daemon.directory}/slice`))
      await daemon.start()
      assert.equal(await daemon.inspect('runs', '.State.Status'), 'running')
    } finally {
      await daemon.dispose()
    }
  },
)

test.run()
