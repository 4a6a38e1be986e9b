/** Makes a small image from a static busybox: for a first start, and for tests. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { pack, type Header } from 'tar-stream'

export interface BusyboxImageOptions {
  /** Default `busybox:latest`. */
  readonly reference?: string
  /** A statically linked busybox; default `/bin/busybox`. */
  readonly program?: string
}

/** Fixed, so that the same busybox always makes the same bytes. */
const epoch = new Date(0)

interface Member {
  readonly header: Partial<Header> & Pick<Header, 'name'>
  readonly content?: Buffer
}

const tarOf = async (members: ReadonlyArray<Member>): Promise<Buffer> => {
  const archive = pack()
  for (const { header, content } of members) {
    archive.entry({ uid: 0, gid: 0, mtime: epoch, ...header }, content ?? Buffer.alloc(0))
  }
  archive.finalize()
  const pieces: Array<Buffer> = []
  for await (const piece of archive) if (Buffer.isBuffer(piece)) pieces.push(piece)
  return Buffer.concat(pieces)
}

const directory = (name: string, mode = 0o755): Member => ({
  header: { name, type: 'directory', mode },
})
const file = (name: string, content: Buffer | string, mode = 0o644): Member => ({
  header: { name, type: 'file', mode },
  content: Buffer.from(content),
})
const applet = (name: string): Member => ({
  header: { name: `bin/${name}`, type: 'symlink', linkname: 'busybox', mode: 0o777 },
})

const passwd = ['root:x:0:0:root:/root:/bin/sh', 'nobody:x:65534:65534:nobody:/:/bin/false', '']
const group = ['root:x:0:', 'nogroup:x:65534:', '']

const layerMembers = (program: Buffer, applets: ReadonlyArray<string>): ReadonlyArray<Member> => [
  directory('bin/'),
  file('bin/busybox', program, 0o755),
  ...applets.map(applet),
  directory('dev/'),
  directory('etc/'),
  file('etc/group', group.join('\n')),
  file('etc/passwd', passwd.join('\n')),
  directory('home/'),
  directory('proc/', 0o555),
  directory('root/', 0o700),
  directory('sys/', 0o555),
  directory('tmp/', 0o1777),
  directory('var/'),
]

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }

const configOf = (diffId: string): string =>
  JSON.stringify({
    architecture: architectures[process.arch] ?? process.arch,
    os: 'linux',
    created: epoch.toISOString(),
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Cmd: ['sh'],
    },
    rootfs: { type: 'layers', diff_ids: [`sha256:${diffId}`] },
    history: [{ created: epoch.toISOString(), created_by: 'busybox' }],
  })

const listApplets = async (program: string): Promise<ReadonlyArray<string>> => {
  const { stdout } = await promisify(execFile)(program, ['--list'])
  return stdout
    .split('\n')
    .filter((name) => /^[\w[.+-]+$/.test(name) && name !== 'busybox')
    .sort()
}

/** The bytes of a docker-archive. Rejects where the program cannot be read or run. */
export const busyboxArchive = async (options: BusyboxImageOptions = {}): Promise<Buffer> => {
  const { reference = 'busybox:latest', program = '/bin/busybox' } = options
  const layer = await tarOf(layerMembers(await readFile(program), await listApplets(program)))
  const config = configOf(sha256(layer))
  const [configName, layerName] = [`${sha256(config)}.json`, `${sha256(layer)}/layer.tar`]
  const manifest = [{ Config: configName, RepoTags: [reference], Layers: [layerName] }]
  return tarOf([
    file(configName, config),
    directory(`${sha256(layer)}/`),
    file(layerName, layer),
    file('manifest.json', JSON.stringify(manifest)),
  ])
}

/** Writes the archive to `path`; nobody ever sees half of it. */
export const writeBusyboxArchive = async (
  path: string,
  options: BusyboxImageOptions = {},
): Promise<void> => {
  const unfinished = `${path}.${process.pid}`
  await writeFile(unfinished, await busyboxArchive(options))
  await rename(unfinished, path)
}
