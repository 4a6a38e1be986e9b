/** Copies through the port, on a mounted root file system: what is kept, and what ends a copy. */
import { execFileSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { equal, is, match, ok } from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { containerId, copyId } from '../../domain/identity.ts'
import { rootfsMount } from '../../domain/ports/layout.ts'
import { tarBytes } from '../layers/fixtures/tar-bytes.ts'
import { makeNode } from '../kernel/nodes.ts'
import { mount, mountFlags, unmount } from '../kernel/mount.ts'
import { getXattr, setXattr } from '../kernel/xattr.ts'
import { makeCopyPort } from './copy-port.ts'
import type { PathStat } from './copy-job.ts'
import { CopySessions, type CopySession } from './sessions.ts'

const test = suite('copy port')
const folder = realpathSync(mkdtempSync(`${tmpdir()}/copy-port-`))
const layout = { root: `${folder}/root`, state: `${folder}/state` }
const id = containerId('c'.repeat(64))
const root = rootfsMount(layout, id)
const sessions = new CopySessions()
const port = makeCopyPort({ layout, sessions })
const isRoot = process.getuid?.() === 0

test.before(() => {
  if (!isRoot) return
  mkdirSync(root, { recursive: true })
  const tmpfs = { source: 'tmpfs', target: root, type: 'tmpfs', flags: mountFlags.noSuid }
  is(mount({ ...tmpfs, options: 'size=16m,mode=755' }).ok, true)
})
test.after(() => {
  if (isRoot) unmount(root, { detach: true })
  rmSync(folder, { recursive: true })
})

let copies = 0

/** `applied`, or the errno with its text. */
const carriedOut = async (session: CopySession): Promise<string> => {
  const copy = copyId(`copy-${(copies += 1)}`)
  const withdraw = sessions.open(copy, session)
  const answer = await port.transfer(id, copy)()
  withdraw()
  if (E.isRight(answer)) return 'applied'
  const { left } = answer
  return left._tag === 'NotApplied' ? `${left.errno} ${left.detail}` : left.reason
}

const here = new AbortController().signal

interface Read {
  readonly said: string
  readonly stats: ReadonlyArray<PathStat>
  readonly bytes: Buffer
}

const out = async (path: string): Promise<Read> => {
  const pieces: Array<Uint8Array> = []
  const stats: Array<PathStat> = []
  const said = await carriedOut({
    _tag: 'Out',
    path,
    found: (stat) => void stats.push(stat),
    write: (bytes) => {
      pieces.push(bytes)
      return Promise.resolve()
    },
    gone: here,
  })
  return { said, stats, bytes: Buffer.concat(pieces) }
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_000)
    yield await Promise.resolve(bytes.subarray(at, at + 10_000))
}

const into = (path: string, bytes: Buffer): Promise<string> =>
  carriedOut({
    _tag: 'In',
    path,
    source: { base: 'tree', isDirectory: true },
    bytes: inPieces(bytes),
    gone: here,
  })

test.needs(['root'], 'a tree goes out and in again with all that belongs to it', async () => {
  mkdirSync(`${root}/tree/sub`, { recursive: true, mode: 0o750 })
  writeFileSync(`${root}/tree/file`, Buffer.alloc(1_500_000, 3))
  chownSync(`${root}/tree/file`, 12, 34)
  ok(setXattr(`${root}/tree/file`, { name: 'security.capability', value: capability }).ok)
  ok(makeNode(`${root}/tree/null`, { type: 'character', mode: 0o666, major: 1, minor: 3 }).ok)
  symlinkSync('/tree/file', `${root}/tree/link`)
  const { said, stats, bytes } = await out('/tree')
  is(said, 'applied')
  is(stats[0]?.Name, 'tree')
  is(await into('/back', bytes), 'applied')
  const file = statSync(`${root}/back/file`)
  equal([file.uid, file.gid, file.size], [12, 34, 1_500_000])
  is(file.mtimeMs, statSync(`${root}/tree/file`).mtimeMs)
  const kept = getXattr(`${root}/back/file`, 'security.capability')
  ok(kept.ok && kept.value.equals(capability))
  ok(lstatSync(`${root}/back/null`).isCharacterDevice())
  is(lstatSync(`${root}/back/null`).rdev, 0x103)
  is(lstatSync(`${root}/back`).mode & 0o777, lstatSync(`${root}/tree`).mode & 0o777)
})

/** cap_net_raw, as setcap(8) writes it (revision 2). */
const capability = Buffer.from('0100000200200000000000000000000000000000', 'hex')

test.needs(['root'], 'links of the root file system are followed inside of it', async () => {
  symlinkSync(folder, `${root}/away`)
  match((await out('/away/root')).said, /^ENOENT ENOENT: no such file or directory/)
  symlinkSync('/tree/sub', `${root}/to-sub`)
  is(await into('/to-sub', (await out('/back/.')).bytes), 'applied')
  ok(existsSync(`${root}/tree/sub/file`))
  const [stat] = (await out('/to-sub')).stats
  is(stat?.LinkTarget, '/tree/sub')
})

test.needs(['root'], 'a full file system is told by its errno', async () => {
  const large = tarBytes(
    { name: 'tree', type: '5', mode: 0o755 },
    { name: 'tree/large', content: Buffer.alloc(17 << 20) },
  )
  match(await into('/full', large), /^ENOSPC/)
  rmSync(`${root}/full`, { recursive: true })
})

test.needs(['root'], 'a client that has gone ends a copy, and nothing waits for it', async () => {
  const leaving = new AbortController()
  const said = carriedOut({
    _tag: 'Out',
    path: '/tree',
    found: () => leaving.abort(),
    write: () => new Promise(() => undefined),
    gone: leaving.signal,
  })
  is(await said, 'ECANCELED the client has gone')
})

test.needs(['root'], 'the end of a copy ends its thread', async () => {
  const copy = copyId('endless')
  const never = async function* (): AsyncGenerator<Uint8Array> {
    yield await new Promise<Uint8Array>(() => undefined)
  }
  const source = { base: 'x', isDirectory: false }
  sessions.open(copy, { _tag: 'In', path: '/x', source, bytes: never(), gone: here })
  const transfer = port.transfer(id, copy)()
  equal(await port.end(copy)(), E.right(undefined))
  is(E.isLeft(await transfer), true)
})

test.needs(['root'], 'an export is there when it is whole, or not at all', async () => {
  const file = `${folder}/export.tar`
  is(await carriedOut({ _tag: 'Export', file, gone: here }), 'applied')
  is(statSync(file).mode & 0o777, 0o600)
  const names = execFileSync('tar', ['-tf', file]).toString()
  ok(names.includes('tree/file') && names.includes('back/null'), names)
  symlinkSync('/etc/hostname', `${folder}/link`)
  match(await carriedOut({ _tag: 'Export', file: `${folder}/link`, gone: here }), /^EEXIST/)
  const gone = AbortSignal.abort()
  match(await carriedOut({ _tag: 'Export', file: `${folder}/late`, gone }), /^ECANCELED/)
  equal(
    readdirSync(folder).filter((name) => name.includes('late') || name.includes('partial')),
    [],
  )
  ok(readFileSync(file).length > 1_500_000)
})

test.run()
