/** Which runtime a container gets, and that all of them serve all operations (spec 70). */
import { chmodSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { equal, is, match, ok } from 'uvu/assert'
import { leaks } from '../../harness/leaks.ts'
import { eventually, identify, isAlive, monitorsOf } from '../../harness/processes.ts'
import { cgroupFile, CliFile, sleeper } from './cli-file.ts'

const cli = new CliFile('isula runtimes', {}, ['program:crun', 'program:runc'])
const { test, ok: isula, fails, start, status, remove } = cli

const runtimeOf = (name: string): Promise<string> => cli.daemon.inspect(name, '.HostConfig.Runtime')

const restart = async (settings: unknown, ...flags: ReadonlyArray<string>): Promise<void> => {
  await cli.daemon.signal('SIGTERM')
  writeFileSync(`${cli.daemon.directory}/daemon.json`, JSON.stringify(settings))
  await cli.daemon.start(flags)
}

/** A wrapper of `program` that writes down how it was called. */
const wrapper = (
  name: string,
  program: string,
): { readonly path: string; readonly calls: () => string } => {
  const path = `${cli.daemon.directory}/${name}`
  writeFileSync(path, `#!/bin/sh\necho "$@" >> ${path}.calls\nexec ${program} "$@"\n`)
  chmodSync(path, 0o755)
  return {
    path,
    calls: () => (existsSync(`${path}.calls`) ? readFileSync(`${path}.calls`, 'utf8') : ''),
  }
}

test('RT-SEL-01 RT-SEL-02 RT-SEL-12 RT-SEL-07 RT-PATH-01 RT-PATH-03: --runtime=runc', async () => {
  const id = await isula('run', '-tid', '-n', 'test', '--runtime=runc', 'busybox', 'sh')
  is(await runtimeOf('test'), 'runc')
  const directory = `${cli.daemon.root}/engines/runc/${id}`
  is(await cli.daemon.inspect('test', '.ResolvConfPath'), `${directory}/resolv.conf`)
  is(await cli.daemon.inspect('test', '.HostsPath'), `${directory}/hosts`)
  ok(existsSync(`${directory}/hosts`))
  match(await isula('ps', '--format', '{{.Runtime}}'), 'runc')
  await remove('test')
})

test('RT-SEL-03 RT-SCN-06 CLI-RT-01 CLI-SC-30 CLI-CR-48: LCR is lcr', async () => {
  const id = await isula('create', '-R', 'LCR', 'busybox')
  is(await runtimeOf(id), 'lcr')
  ok(existsSync(`${cli.daemon.root}/engines/lcr/${id}`) || (await status(id)) === 'inited')
  await isula('rm', id)
})

test(
  'spec README: the default is the first working of crun and runc, by its own ' + 'name',
  async () => {
    const id = await isula('create', 'busybox')
    is(await runtimeOf(id), 'crun')
    await isula('rm', id)
  },
)

test(
  'RT-SEL-08 RT-SCN-04 CFG-RT-04: an unknown runtime is refused and nothing is ' + 'made',
  async () => {
    const said = await fails(125, 'run', '--runtime=nosuch', 'busybox')
    match(said, 'nosuch')
    for (const known of ['crun', 'runc', 'lcr']) match(said, known)
    is(await isula('ps', '-aq'), '')
  },
)

const wholeLife = async (name: string, ...flags: ReadonlyArray<string>): Promise<void> => {
  const id = await start('life', ...flags, '-m', '64m')
  const init = identify(await cli.pid('life'))
  is(cgroupFile(init.pid, 'memory', 'memory.limit_in_bytes'), String(64 * 1024 * 1024))
  const state = `${cli.daemon.state}/${name}/${id}`
  ok(existsSync(state))
  is((await cli.isula(['exec', 'life', 'sh', '-c', 'echo in; exit 3'])).code, 3, name)
  await isula('exec', '-d', 'life', 'sleep', '50')
  await isula('pause', 'life')
  is(await status('life'), 'paused')
  await isula('unpause', 'life')
  await isula('restart', '-t', '0', 'life')
  ok(!isAlive(init))
  is(await status('life'), 'running')
  await isula('kill', 'life')
  is(await isula('wait', 'life'), '137')
  await isula('start', 'life')
  await isula('stop', '-t', '1', 'life')
  is(await status('life'), 'exited')
  is(await isula('logs', 'life'), '')
  is(await isula('rm', 'life'), id)
  is(existsSync(state), false)
  equal(monitorsOf(id), [])
  is(existsSync(`${cli.daemon.root}/engines/${name}/${id}`), false)
  equal(await leaks(cli.daemon), [])
}

const operations =
  'RT-OP-01 RT-OP-02 RT-OP-03 RT-OP-04 RT-OP-05 RT-OP-06 RT-OP-07 RT-OP-08 RT-OP-11 RT-OP-12 ' +
  'RT-OP-17 RT-PATH-06 RT-SCN-12 RT-SCN-14 CLI-RT-02'

test(`${operations}: the whole life of a container of crun`, () => wholeLife('crun', '-R', 'crun'))
test(`${operations}: the whole life of a container of runc`, () => wholeLife('runc', '-R', 'runc'))
test(`${operations}: the whole life of a container of lcr`, () => wholeLife('lcr', '-R', 'lcr'))

for (const runtime of ['crun', 'runc'])
  test(
    `RT-SCN-13 CLI-ERR-04: a failed start of ${runtime} shows its error and leaves ` + `nothing`,
    async () => {
      const ran = await cli.isula(['run', '-d', '-R', runtime, 'busybox', 'nosuch'])
      const id = ran.stdout.trim()
      is(ran.code, 127)
      match(ran.stderr, `Start container error: runtime error: ${id}:`)
      match(ran.stderr, 'nosuch')
      await eventually('its monitor is gone', () => monitorsOf(id).length === 0)
      const state = `${cli.daemon.state}/${runtime}/${id}`
      await eventually('its run state is removed', () => !existsSync(state))
      is((await cli.isula(['run', '-d', '-R', runtime, 'busybox', '/etc/passwd'])).code, 126)
      await remove(...(await isula('ps', '-aq')).split('\n'))
    },
  )

test(
  'RT-DECOUPLE-04 RT-FLOW-01: one monitor for each container, in a session of its ' + 'own',
  async () => {
    const id = await start('watched', '-R', 'runc')
    const [monitor = 0, ...more] = monitorsOf(id)
    equal(more, [])
    const stat = readFileSync(`/proc/${monitor}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    is(Number(stat[3]), monitor, 'it leads its session')
    ok(Number(stat[1]) !== cli.daemon.pid, 'it is no child of the daemon')
    await remove('watched')
  },
)

test('RT-SCN-11: attach and top work on a runc container, and it runs on', async () => {
  const script = 'while read -r line; do echo "got $line"; done'
  await isula('run', '-id', '--name', 'steady', '-R', 'runc', 'busybox', 'sh', '-c', script)
  const client = cli.client('attach', 'steady')
  client.type('one\n')
  await client.says('got one')
  client.process.kill('SIGKILL')
  await client.ended
  match(await isula('top', 'steady'), 'read -r line')
  is(await status('steady'), 'running')
  await remove('steady')
})

test('RT-SCN-10 RT-DECOUPLE-01: a detached exec survives the restart of the daemon', async () => {
  await start('kept', '-R', 'runc')
  await isula('exec', '-d', 'kept', 'sleep', '4321')
  await cli.daemon.kill9()
  await cli.daemon.start()
  match(await isula('exec', 'kept', 'ps'), 'sleep 4321')
  await remove('kept')
})

const configured =
  'RT-SEL-06 RT-SCN-05 CFG-RT-02 CFG-RT-03 CFG-RT-06: a configured runtime is called with its ' +
  'arguments before the subcommand'

test(configured, async () => {
  const { path, calls } = wrapper('my-runc', 'runc')
  match(await fails(125, 'run', '-R', 'myrt', 'busybox'), 'myrt')
  await restart({ runtimes: { myrt: { path, 'runtime-args': ['--debug'] } } })
  const id = await isula('run', '-d', '--runtime=myrt', 'busybox', ...sleeper)
  is(await runtimeOf(id), 'myrt')
  for (const subcommand of ['create', 'start'])
    match(calls(), new RegExp(`--debug .*${subcommand} .*${id}|--debug .*${subcommand}.*${id}`))
  for (const line of calls()
    .split('\n')
    .filter((l) => l.includes(id)))
    match(line, /^(--\S+ )*--debug/)
  await remove(id)
  ok(readdirSync(`${cli.daemon.root}/engines`).includes('myrt'))
})

test(
  'RT-SEL-04 RT-SEL-05 RT-SCN-03 CFG-RT-01: default-runtime, and what wins over ' + 'it',
  async () => {
    const before = await isula('create', '-R', 'lcr', 'busybox')
    await restart({ 'default-runtime': 'runc' })
    const byFile = await isula('create', 'busybox')
    is(await runtimeOf(byFile), 'runc')
    const byClient = await isula('create', '--runtime=lcr', 'busybox')
    is(await runtimeOf(byClient), 'lcr')
    is(await runtimeOf(before), 'lcr')
    for (const flag of ['--default-runtime', '--runtime']) {
      await restart({ 'default-runtime': 'lcr' }, flag, 'runc')
      const id = await isula('create', 'busybox')
      is(await runtimeOf(id), 'runc', flag)
      await isula('rm', id)
    }
    await isula('rm', before, byFile, byClient)
  },
)

test('DAEMON-SC-24: default-runtime lcr, and a client that names a configured one', async () => {
  const { path } = wrapper('other-crun', 'crun')
  await restart({ 'default-runtime': 'lcr', runtimes: { mine: { path } } })
  const own = await isula('create', 'busybox')
  const named = await isula('create', '-R', 'mine', 'busybox')
  is(await runtimeOf(own), 'lcr')
  is(await runtimeOf(named), 'mine')
  match(await fails(125, 'create', '-R', 'theirs', 'busybox'), 'theirs')
  await isula('rm', own, named)
})

test('RT-SEL-08: a runtime whose binary is missing fails with the binary named', async () => {
  const path = `${cli.daemon.directory}/no-such-binary`
  await restart({ runtimes: { gone: { path } } })
  const ran = await cli.isula(['run', '-d', '-R', 'gone', '--name', 'gone', 'busybox', 'true'])
  ok(ran.code !== 0)
  match(ran.stderr, 'no-such-binary')
  if ((await isula('ps', '-aq')) !== '') await remove('gone')
})

test('RT-SEL-09: start -R is refused by its name', async () => {
  const id = await isula('create', 'busybox')
  match(await fails(125, 'start', '-R', 'runc', id), '--runtime is not supported yet')
  is(await status(id), 'inited')
  await isula('rm', id)
})

cli.run()
