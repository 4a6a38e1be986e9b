/** A docker-archive with one large layer of many files, for load benchmarks. */
import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { pack, type Pack } from 'tar-stream'

const fileBytes = 50 * 1024
const created = new Date('2020-01-01T00:00:00Z')

const entry = (packed: Pack, name: string, content: Buffer): Promise<void> =>
  new Promise((done, failed) => {
    packed.entry({ name, mode: 0o644, mtime: created }, content, (error) =>
      error === null || error === undefined ? done() : failed(error),
    )
  })

const writeLayer = async (path: string, files: number): Promise<string> => {
  const packed = pack()
  const hash = createHash('sha256')
  const written = pipeline(
    Readable.from(packed as AsyncIterable<Buffer>),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        yield chunk
      }
    },
    createWriteStream(path),
  )
  const content = randomBytes(fileBytes)
  for (let n = 0; n < files; n += 1) {
    content.writeUInt32BE(n)
    await entry(packed, `data/${n % 100}/${n}`, Buffer.from(content))
  }
  packed.finalize()
  await written
  return hash.digest('hex')
}

/** `sizeMb` of content in files of 50 KiB. */
export const writeLargeArchive = async (path: string, sizeMb: number): Promise<void> => {
  const layer = `${path}.layer`
  const diffId = await writeLayer(layer, Math.ceil((sizeMb * 1024 * 1024) / fileBytes))
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Cmd: ['true'] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${diffId}`] },
    }),
  )
  const id = createHash('sha256').update(config).digest('hex')
  const manifest = [
    { Config: `${id}.json`, RepoTags: ['large:latest'], Layers: [`${diffId}/layer.tar`] },
  ]
  const packed = pack()
  const written = pipeline(packed as AsyncIterable<Buffer>, createWriteStream(path))
  const size = (await stat(layer)).size
  const file = await open(layer)
  await new Promise<void>((done, failed) => {
    const sink = packed.entry({ name: `${diffId}/layer.tar`, size, mode: 0o644 }, (error) =>
      error === null || error === undefined ? done() : failed(error),
    )
    file.createReadStream().pipe(sink)
  })
  await entry(packed, `${id}.json`, config)
  await entry(packed, 'manifest.json', Buffer.from(JSON.stringify(manifest)))
  packed.finalize()
  await written
  await rm(layer)
}
