/** The files that upstream keeps beside a container, for scripts to read (spec 23 section 3). */
import { existsSync, readFileSync, truncateSync, statSync } from 'node:fs'
import { is, match, ok } from 'uvu/assert'
import { eventually } from '../../harness/processes.ts'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('upstream files')
const { test, ok: isula, remove } = cli

const directoryOf = (id: string): string => `${cli.daemon.root}/engines/crun/${id}`
const textOf = (id: string, name: string): string =>
  readFileSync(`${directoryOf(id)}/${name}`, 'utf8')

interface Json {
  readonly [member: string]: unknown
}
const read = (id: string, name: string): Json => JSON.parse(textOf(id, name)) as Json

let id = ''

test('the configuration is there as soon as the container is', async () => {
  id = await isula('create', '--name', 'kept', '-m', '64m', '-e', 'A=b', 'busybox', 'sleep', '1000')
  is(read(id, 'hostconfig.json')['Memory'], 64 * 1024 * 1024)
  const common = read(id, 'config.v2.json')['CommonConfig'] as Json
  is(common['Name'], 'kept')
  is((common['Config'] as Json)['Env'] instanceof Array, true)
  is(read(id, 'container_state.json')['Running'], false)
  ok('Networks' in read(id, 'network_settings.json'))
  for (const name of ['hosts', 'hostname', 'resolv.conf'])
    ok(existsSync(`${directoryOf(id)}/${name}`))
  is(statSync(`${directoryOf(id)}/config.v2.json`).mode & 0o777, 0o600)
})

test('the runtime configuration is indented by tabs, and follows the state', async () => {
  await isula('start', 'kept')
  match(textOf(id, 'config.json'), '\n\t"ociVersion"')
  match(textOf(id, 'config.json'), '"A=b"')
  const state = read(id, 'container_state.json')
  is(state['Running'], true)
  is(state['Pid'], await cli.pid('kept'))
  await isula('rename', 'kept', 'other')
  is((read(id, 'config.v2.json')['CommonConfig'] as Json)['Name'], 'other')
})

test('M-02: files that a power cut left empty are written anew from the journal', async () => {
  const names = ['config.v2.json', 'hostconfig.json', 'network_settings.json']
  const whole = names.map((name) => textOf(id, name))
  const pid = await cli.pid('other')
  await cli.daemon.kill9()
  for (const name of names) truncateSync(`${directoryOf(id)}/${name}`)
  await cli.daemon.start()
  is(await cli.pid('other'), pid)
  const isMended = (): boolean => names.every((name, i) => textOf(id, name) === whole[i])
  await eventually('they are whole again', () => Promise.resolve(isMended()))
})

test('with the container they go', async () => {
  await remove('other')
  ok(!existsSync(directoryOf(id)))
})

cli.run()
