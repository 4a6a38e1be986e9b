/** Writes the TypeScript codecs and service definitions from the .proto files (protoc on PATH). */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

const options = [
  'snakeToCamel=false',
  'esModuleInterop=true',
  'importSuffix=.ts',
  'forceLong=number',
  // Fields marked JS_STRING may exceed 2^53 (nanoseconds since 1970, limits without a limit).
  'useJsTypeOverride=true',
  'useDate=false',
  'useExactTypes=false',
  'outputJsonMethods=false',
  'env=node',
  'unrecognizedEnum=false',
  'annotateFilesWithVersion=false',
  'exportCommonSymbols=false',
  'comments=false',
  'outputClientImpl=false',
]

const plugin = () => {
  const require = createRequire(import.meta.url)
  return join(dirname(require.resolve('ts-proto/package.json')), 'protoc-gen-ts_proto')
}

const protoc = (folder, protos, services) =>
  execFileSync(
    'protoc',
    [
      `--plugin=protoc-gen-ts_proto=${plugin()}`,
      `--proto_path=${here}`,
      `--ts_proto_out=${folder}`,
      `--ts_proto_opt=${[...options, `outputServices=${services}`].join(',')}`,
      ...protos,
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  )

/**
 * Lint leaves this folder out by its own settings; a comment in each file would say it twice.
 * Everything lies in one folder, the foreign message too.
 */
const read = (folder, name) =>
  readFileSync(join(folder, name), 'utf8')
    .replace('/* eslint-disable */\n', '')
    .replaceAll('./google/protobuf/timestamp.ts', './timestamp.ts')

/**
 * Two runs: `x_service.ts` describes the calls without any library, so that a client loads no
 * gRPC implementation; `x_server.ts` is the same for grpc-js.
 */
const generated = (scratch) => {
  const protos = readdirSync(here)
    .filter((name) => name.endsWith('.proto'))
    .sort()
  const services = protos.filter((name) => name.endsWith('_service.proto'))
  const plain = join(scratch, 'plain')
  const server = join(scratch, 'server')
  mkdirSync(plain)
  mkdirSync(server)
  protoc(plain, protos, 'generic-definitions')
  protoc(server, services, 'grpc-js')
  const name = (proto) => proto.replace('.proto', '.ts')
  return new Map([
    ...protos.map((proto) => [name(proto), read(plain, name(proto))]),
    ...services.map((proto) => [
      name(proto).replace('_service', '_server'),
      read(server, name(proto)),
    ]),
    ['timestamp.ts', read(plain, 'google/protobuf/timestamp.ts')],
  ])
}

/** The folder to write to; without an argument, the folder of this script. */
const target = process.argv[2] ?? here
const scratch = mkdtempSync(join(tmpdir(), 'wire-'))
try {
  for (const [name, text] of generated(scratch)) writeFileSync(join(target, name), text)
} finally {
  rmSync(scratch, { recursive: true })
}
