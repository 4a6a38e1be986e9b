/** A container is removed as fast beside 200 others as alone (CLI-RM-03). */
import { is, ok } from 'uvu/assert'
import { text } from '../../wire/protobuf.ts'
import { UpstreamClient } from '../../wire/upstream-client.ts'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('removal in a crowd')
const { test, ok: isula, start } = cli

const crowd = 200
const lanes = 8

const call = async (method: string, message: Buffer): Promise<void> => {
  const client = new UpstreamClient(cli.daemon.socket)
  const got = await client.call(`/containers.ContainerService/${method}`, message)
  client.close()
  is(got.status, 0, got.details)
}

const created = Buffer.concat([
  text(3, 'busybox'),
  text(5, '{"RestartPolicy":{"Name":"no"}}'),
  text(6, '{"Annotations":{}}'),
])

/** Some at a time, without the start of a program for each. */
const all = async (items: ReadonlyArray<Buffer>, method: string): Promise<void> => {
  const rest = [...items]
  const lane = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await call(method, next)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

const removalMs = async (name: string): Promise<number> => {
  await start(name)
  const startedMs = performance.now()
  await isula('rm', '-f', name)
  return performance.now() - startedMs
}

const ids = async (): Promise<ReadonlyArray<string>> =>
  (await isula('ps', '-aq')).split('\n').filter((id) => id !== '')

test('CLI-RM-03: a running container is removed in time beside 200 others', async () => {
  const aloneMs = await removalMs('alone')
  await all(
    Array.from({ length: crowd }, () => created),
    'Create',
  )
  is((await ids()).length, crowd)
  const crowdedMs = await removalMs('crowded')
  await all(
    (await ids()).map((id) => text(1, id)),
    'Delete',
  )
  ok(crowdedMs <= Math.max(aloneMs * 3, 5_000), `${crowdedMs} ms, alone ${aloneMs} ms`)
})

cli.run()
