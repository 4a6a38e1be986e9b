/** The wire codecs: what is committed is what the .proto files say, and loads without gRPC. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { Container, CreateRequest, StatsRequest } from './containers.ts'
import { ContainerServiceDefinition } from './containers_service.ts'
import { ImagesServiceDefinition } from './images_service.ts'
import { EngineServiceDefinition } from './isulad_engine_service.ts'
import { NetworkServiceDefinition } from './network_service.ts'
import { PruneVolumeResponse } from './volume.ts'
import { VolumeServiceDefinition } from './volume_service.ts'

const test = suite('wire')
const here = dirname(fileURLToPath(import.meta.url))
const generatedIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()

test.needs(['program:protoc'], 'generating again gives the committed bytes', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'wire-test-'))
  try {
    execFileSync(process.execPath, [join(here, 'generate.mjs'), scratch], { stdio: 'pipe' })
    assert.equal(generatedIn(scratch), generatedIn(here))
    for (const name of generatedIn(scratch)) {
      const same = readFileSync(join(scratch, name)).equals(readFileSync(join(here, name)))
      assert.ok(same, `${name} differs from what generate.mjs writes`)
    }
  } finally {
    rmSync(scratch, { recursive: true })
  }
})

test('codecs and service definitions import no gRPC library', () => {
  const names = generatedIn(here).filter((name) => !name.endsWith('_server.ts'))
  for (const name of names) {
    assert.not.match(readFileSync(join(here, name), 'utf8'), /grpc-js/, name)
  }
})

test('services carry the names that upstream clients call', () => {
  const services = [
    ContainerServiceDefinition,
    ImagesServiceDefinition,
    VolumeServiceDefinition,
    NetworkServiceDefinition,
    EngineServiceDefinition,
  ]
  assert.equal(
    services.map((s) => [s.fullName, Object.keys(s.methods).length]),
    [
      ['containers.ContainerService', 27],
      ['images.ImagesService', 10],
      ['volume.VolumeService', 3],
      ['network.NetworkService', 4],
      ['isulad.engine.EngineService', 8],
    ],
  )
})

test('a create request has the recorded field numbers', () => {
  const members = { id: 'demo', image: 'busybox', hostconfig: '{}', customconfig: 'c' }
  const bytes = CreateRequest.encode(CreateRequest.fromPartial(members)).finish()
  const field = (number: number, text: string): ReadonlyArray<number> => [
    number * 8 + 2,
    text.length,
    ...Buffer.from(text),
  ]
  assert.equal(
    [...bytes],
    [...field(1, 'demo'), ...field(3, 'busybox'), ...field(5, '{}'), ...field(6, 'c')],
  )
})

test('nanoseconds since 1970 survive, although they exceed 2^53', () => {
  const created = '1795226048123456789'
  const bytes = Container.encode(Container.fromPartial({ created })).finish()
  assert.is(Container.decode(bytes).created, created)
})

test('messages whose fields do not begin at 1 keep their numbers', () => {
  const stats = StatsRequest.encode(StatsRequest.fromPartial({ containers: ['a'] })).finish()
  const prune = PruneVolumeResponse.encode(
    PruneVolumeResponse.fromPartial({ volumes: ['a'] }),
  ).finish()
  assert.equal([stats[0], prune[0]], [18, 18])
})

test.run()
