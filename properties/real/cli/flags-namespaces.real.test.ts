/** Shared namespaces: of the host, and of other containers (RES-NS-*). */
import { readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { is, match, not, ok } from 'uvu/assert'
import { CliFile, sleeper } from './cli-file.ts'

const cli = new CliFile('isula flags: namespaces')
const { test, ok: isula, fails, sh, start, remove } = cli

const kinds = ['pid', 'ipc', 'uts', 'net'] as const
const links = kinds.map((kind) => `readlink /proc/self/ns/${kind}`).join('; ')

const ofPid = (pid: number | 'self'): ReadonlyArray<string> =>
  kinds.map((kind) => readlinkSync(`/proc/${pid}/ns/${kind}`))

const ofHost = 'RES-NS-01 RES-NS-02 RES-NS-03 RES-NS-04 RES-SCN-01: host shares those of the host'

test(ofHost, async () => {
  const own = ofPid('self')
  const shared = (await sh(links, ...kinds.map((kind) => `--${kind}=host`))).split('\n')
  is(shared.join(), own.join())
  const none = (await sh(links, ...kinds.map((kind) => `--${kind}=none`))).split('\n')
  for (const [n, kind] of kinds.entries()) not.equal(none[n], own[n], kind)
  is(await sh('hostname', '--uts', 'host'), hostname())
  match(await fails(125, 'create', '--uts', 'host', '-h', 'x', 'busybox'), 'hostname')
})

test('RES-NS-05: by name, id or prefix those of another container', async () => {
  const id = await start('first', '-h', 'one')
  const own = ofPid(await cli.pid('first')).join()
  for (const name of ['first', id, id.slice(0, 12)])
    is(
      (await sh(links, ...kinds.map((kind) => `--${kind}=container:${name}`))).split('\n').join(),
      own,
    )
  const seen = await sh('ps; hostname', '--pid=container:first', '--uts', 'container:first')
  match(seen, 'sleep 1000')
  match(seen, /\none$/)
})

test('RES-NS-10: inspect shows the modes, others by their full id', async () => {
  const id = await cli.daemon.inspect('first', '.Id')
  const modes = ['--pid', 'container:first', '--ipc', 'host', '--net', 'container:first']
  await isula('create', '--name', 'shown', ...modes, 'busybox')
  const mode = (member: string): Promise<string> =>
    cli.daemon.inspect('shown', `.HostConfig.${member}`)
  is(await mode('PidMode'), `container:${id}`)
  is(await mode('NetworkMode'), `container:${id}`)
  is(await mode('IpcMode'), 'host')
  is(await mode('UTSMode'), '')
  await remove('shown')
})

test('RES-NS-06: unknown containers and words are refused at create', async () => {
  for (const kind of kinds) {
    match(await fails(125, 'create', `--${kind}=foo`, 'busybox'), 'host or container:<name or id>')
    match(await fails(125, 'create', `--${kind}=container:`, 'busybox'), 'container:<name or id>')
    match(await fails(125, 'create', `--${kind}=container:nobody`, 'busybox'), 'nobody')
  }
})

test('RES-NS-06: a start fails while the other container does not run', async () => {
  const first = await cli.daemon.inspect('first', '.Id')
  await isula('create', '--name', 'guest', '--net', 'container:first', 'busybox', ...sleeper)
  await isula('stop', '-t', '0', 'first')
  const message = await fails(1, 'start', 'guest')
  match(message, `cannot join the network namespace of container ${first}: it is not running`)
  is(await cli.status('guest'), 'exited')
  await isula('start', 'first')
  await isula('start', 'guest')
  const net = async (name: string): Promise<string> =>
    readlinkSync(`/proc/${await cli.pid(name)}/ns/net`)
  is(await net('guest'), await net('first'))
})

test('RES-NS-05: after a restart of the other container a restart joins it anew', async () => {
  await isula('rename', 'first', 'second')
  const net = async (name: string): Promise<string> =>
    readlinkSync(`/proc/${await cli.pid(name)}/ns/net`)
  const before = await net('guest')
  await isula('restart', '-t', '0', 'second')
  is(await net('guest'), before)
  await isula('restart', '-t', '0', 'guest')
  is(await net('guest'), await net('second'))
  ok((await net('guest')) !== before || before === (await net('second')))
  await remove('guest', 'second')
})

cli.run()
