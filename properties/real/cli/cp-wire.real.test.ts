/** The calls of `cp` and `export` as upstream's client makes them (spec 22 section 3). */
import { execFileSync } from 'node:child_process'
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import { equal, is, match, ok } from 'uvu/assert'
import { tarBytes } from '../../../adapters/layers/fixtures/tar-bytes.ts'
import { ContainerServiceService } from '../../../adapters/rpc/wire/containers_server.ts'
import type {
  CopyFromContainerResponse,
  CopyToContainerResponse,
} from '../../../adapters/rpc/wire/containers.ts'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('cp on the wire', {}, ['program:tar'])
const { test, ok: isula, start, remove } = cli

const onClient = async <A>(use: (client: Client) => Promise<A>): Promise<A> => {
  const client = new Client(`unix://${cli.daemon.socket}`, credentials.createInsecure())
  try {
    return await use(client)
  } finally {
    client.close()
  }
}

interface Out {
  readonly stat: unknown
  readonly messages: ReadonlyArray<Buffer>
  readonly error: ServiceError | undefined
}

const copyFrom = (id: string, srcpath: string): Promise<Out> =>
  onClient(
    (client) =>
      new Promise((done) => {
        const { path, requestSerialize, responseDeserialize } =
          ContainerServiceService.copyFromContainer
        const request = { id, runtime: '', srcpath }
        const call = client.makeServerStreamRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
        )
        let stat: unknown
        const messages: Array<Buffer> = []
        const end = (error?: ServiceError): void => done({ stat, messages, error })
        call.on('metadata', (metadata: Metadata) => {
          const [text] = metadata.get('isulad-container-path-stat')
          if (typeof text === 'string') stat = JSON.parse(text)
        })
        call.on('data', ({ data }: CopyFromContainerResponse) => messages.push(data))
        call.on('end', () => end())
        call.on('error', end)
      }),
  )

interface In {
  readonly answers: ReadonlyArray<CopyToContainerResponse>
  readonly error: ServiceError | undefined
}

/** After the archive it goes on with empty messages until it is answered. */
const copyTo = (document: unknown, archive: Buffer): Promise<In> =>
  onClient(
    (client) =>
      new Promise((done) => {
        const { path, requestSerialize, responseDeserialize } =
          ContainerServiceService.copyToContainer
        const metadata = new Metadata()
        metadata.set('isulad-copy-to-container', JSON.stringify(document))
        const call = client.makeBidiStreamRequest(
          path,
          requestSerialize,
          responseDeserialize,
          metadata,
        )
        const answers: Array<CopyToContainerResponse> = []
        for (let at = 0; at < archive.length; at += 512)
          call.write({ data: archive.subarray(at, at + 512) })
        const empty = setInterval(() => call.write({ data: Buffer.alloc(0) }), 1)
        const end = (error?: ServiceError): void => {
          clearInterval(empty)
          done({ answers, error })
        }
        call.on('data', (answer: CopyToContainerResponse) => {
          clearInterval(empty)
          answers.push(answer)
          call.end()
        })
        call.on('end', () => end())
        call.on('error', end)
      }),
  )

test('CLI-CP-06 from: the stat in metadata, an empty message, then small ones', async () => {
  await start('box')
  const script = 'head -c 100000 /dev/zero > /f; chmod 644 /f; touch -d @1000000000 /f; ln -s /f /ü'
  await isula('exec', 'box', 'sh', '-c', script)
  const file = await copyFrom('box', '/f')
  is(file.error, undefined)
  equal(file.stat, {
    Name: 'f',
    Size: 100_000,
    Mode: 33_188,
    Mtime: { seconds: 1_000_000_000, nanos: 0 },
    LinkTarget: '',
  })
  is(file.messages[0]?.length, 0)
  ok(file.messages.length > 3 && file.messages.every((m) => m.length <= 32 << 10))
  const listed = execFileSync('tar', ['-t'], { input: Buffer.concat(file.messages) }).toString()
  is(listed, 'f\n')
  const link = await copyFrom('box', '/ü')
  const { Name, LinkTarget } = link.stat as { readonly Name: string; readonly LinkTarget: string }
  equal([Name, LinkTarget], ['ü', '/f'])
})

test('from: a failure is status UNKNOWN with its text', async () => {
  const { error, messages } = await copyFrom('box', '/never')
  is(error?.code, 2)
  match(error?.details ?? '', 'no such file or directory: /never')
  is(messages.length, 0)
  is((await copyFrom('nobody', '/x')).error?.details, 'No such container:nobody')
})

test('CLI-CP-05 to: the archive, empty messages, one answer', async () => {
  const document = {
    id: 'box',
    runtime: 'lcr',
    srcPath: '/tmp/from',
    srcIsdir: false,
    srcRebaseName: '',
    dstPath: '/to',
  }
  const archive = tarBytes({ name: 'from', content: 'x'.repeat(5_000) })
  equal(await copyTo(document, archive), { answers: [{ finish: true }], error: undefined })
  is(await isula('exec', 'box', 'sh', '-c', 'wc -c < /to'), '5000')
  const renamed = { ...document, srcPath: '/tmp/link', srcRebaseName: 'from', dstPath: '/other' }
  is((await copyTo(renamed, archive)).error, undefined)
  is(await isula('exec', 'box', 'sh', '-c', 'wc -c < /other'), '5000')
})

test('to: what is wrong ends the call, however much is still sent', async () => {
  const archive = tarBytes({ name: 'f', content: 'x'.repeat(300_000) })
  const nowhere = { id: 'box', srcPath: '/f', srcIsdir: false, dstPath: '/never/there' }
  const missing = await copyTo(nowhere, archive)
  is(missing.error?.code, 2)
  match(missing.error?.details ?? '', 'no such directory: /never')
  match((await copyTo({ id: 'box' }, archive)).error?.details ?? '', 'Invalid metadata')
  const nobody = await copyTo({ ...nowhere, id: 'nobody' }, archive)
  is(nobody.error?.details, 'No such container:nobody')
  is(await cli.status('box'), 'running')
  await remove('box')
})

cli.run()
