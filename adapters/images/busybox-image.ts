/** A docker-archive with one layer, made from a static busybox binary: no registry is needed. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { pack, type Pack } from 'tar-stream'

export interface BusyboxOptions {
  /** A statically linked busybox; default `/bin/busybox`. */
  readonly program?: string
  /** Reference of the image; default `busybox:latest`. */
  readonly reference?: string
}

/** Fixed, so that the same binary always gives the same image id. */
const created = new Date('2020-01-01T00:00:00Z')

const passwd = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n'
const group = 'root:x:0:\nnogroup:x:65534:\n'

const directories: ReadonlyArray<readonly [string, number]> = [
  ...['bin', 'dev', 'etc', 'home', 'proc', 'sys', 'usr', 'usr/bin', 'var'].map(
    (name) => [name, 0o755] as const,
  ),
  ['root', 0o700],
  ['tmp', 0o1777],
]

type Header = Parameters<Pack['entry']>[0]
type Entry = readonly [Header, Buffer?]

const archive = async (entries: ReadonlyArray<Entry>): Promise<Buffer> => {
  const packed = pack()
  const chunks: Buffer[] = []
  packed.on('data', (chunk) => chunks.push(Buffer.from(chunk as Uint8Array)))
  const ended = new Promise<void>((done, failed) => {
    packed.once('end', done)
    packed.once('error', failed)
  })
  for (const [headers, content] of entries) {
    const full = { mtime: created, uid: 0, gid: 0, ...headers }
    if (content === undefined) packed.entry(full)
    else packed.entry({ ...full, size: content.length }, content)
  }
  packed.finalize()
  await ended
  return Buffer.concat(chunks)
}

const appletsOf = async (program: string): Promise<ReadonlyArray<string>> => {
  const { stdout } = await promisify(execFile)(program, ['--list'])
  return stdout.split('\n').filter((name) => name !== '' && name !== 'busybox')
}

const layerOf = async (program: string): Promise<Buffer> => {
  const binary = await readFile(program)
  const applets = await appletsOf(program)
  return archive([
    ...directories.map(([name, mode]): Entry => [{ name, type: 'directory', mode }]),
    [{ name: 'bin/busybox', mode: 0o755 }, binary],
    ...applets.map((name): Entry => [
      { name: `bin/${name}`, type: 'symlink', linkname: 'busybox', mode: 0o777 },
    ]),
    [{ name: 'etc/passwd', mode: 0o644 }, Buffer.from(passwd)],
    [{ name: 'etc/group', mode: 0o644 }, Buffer.from(group)],
  ])
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

const configOf = (diffId: string): Buffer =>
  Buffer.from(
    JSON.stringify({
      architecture: architectures[process.arch] ?? process.arch,
      os: 'linux',
      created: created.toISOString(),
      config: {
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
        Cmd: ['sh'],
      },
      rootfs: { type: 'layers', diff_ids: [`sha256:${diffId}`] },
      history: [{ created: created.toISOString(), created_by: 'static busybox of the host' }],
    }),
  )

/** Writes the archive to `path`; the same binary gives the same bytes. */
export const writeBusyboxArchive = async (
  path: string,
  options: BusyboxOptions = {},
): Promise<void> => {
  const layer = await layerOf(options.program ?? '/bin/busybox')
  const diffId = sha256(layer)
  const config = configOf(diffId)
  const id = sha256(config)
  const manifest = [
    {
      Config: `${id}.json`,
      RepoTags: [options.reference ?? 'busybox:latest'],
      Layers: [`${diffId}/layer.tar`],
    },
  ]
  const outer = await archive([
    [{ name: `${diffId}/layer.tar`, mode: 0o644 }, layer],
    [{ name: `${id}.json`, mode: 0o644 }, config],
    [{ name: 'manifest.json', mode: 0o644 }, Buffer.from(JSON.stringify(manifest))],
  ])
  await writeFile(path, outer)
}
