/** A copied tree has the owners, modes, times, attributes and links of the first. */
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { equal, is, ok } from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { applied } from '../errors/system-error.ts'
import { makeNode } from '../kernel/nodes.ts'
import { getXattr, listXattrs, setXattr } from '../kernel/xattr.ts'
import { copyTree } from './copy-tree.ts'

const test = suite('copy of a tree')
const capability = Buffer.from('0100000200040000000000000000000000000000', 'hex')

const makeSource = (from: string): void => {
  mkdirSync(`${from}/sub/deep`, { recursive: true })
  writeFileSync(`${from}/program`, 'x')
  chownSync(`${from}/program`, 3, 4)
  chmodSync(`${from}/program`, 0o6755)
  const attribute = { name: 'security.capability', value: capability }
  applied(setXattr(`${from}/program`, attribute), 'capability')
  applied(setXattr(from, { name: 'trusted.overlay.opaque', value: Buffer.from('y') }), 'opaque')
  writeFileSync(`${from}/sub/one`, 'content')
  linkSync(`${from}/sub/one`, `${from}/sub/deep/two`)
  symlinkSync('/nowhere', `${from}/link`)
  applied(makeNode(`${from}/pipe`, { type: 'fifo', mode: 0o640, major: 0, minor: 0 }), 'pipe')
  const null0 = { type: 'character', mode: 0o666, major: 1, minor: 3 } as const
  applied(makeNode(`${from}/null`, null0), 'null')
  writeFileSync(`${from}/holes`, '')
  truncateSync(`${from}/holes`, 1 << 30)
  chownSync(from, 1234, 5678)
  chmodSync(from, 0o1770)
  utimesSync(`${from}/sub`, 1_000, 2_000)
}

const compared = (path: string) => {
  const { mode, uid, gid, size, rdev, mtimeMs } = lstatSync(path)
  return { mode, uid, gid, rdev, mtimeMs, size: lstatSync(path).isDirectory() ? 0 : size }
}

test.needs(['root'], 'owners, modes, times, attributes, links and special files stay', () => {
  const place = mkdtempSync(`${tmpdir()}/copy-tree-`)
  const [from, to] = [`${place}/from`, `${place}/to`]
  try {
    makeSource(from)
    mkdirSync(to)
    copyTree(from, to)
    const names = ['', '/program', '/sub', '/sub/one', '/link', '/pipe', '/null', '/holes']
    for (const name of names) equal(compared(`${to}${name}`), compared(`${from}${name}`), name)
    is(readFileSync(`${to}/sub/one`, 'utf8'), 'content')
    is(lstatSync(`${to}/sub/deep/two`).ino, lstatSync(`${to}/sub/one`).ino)
    is(readlinkSync(`${to}/link`), '/nowhere')
    ok(lstatSync(`${to}/holes`).blocks < 8, 'holes stay holes')
    equal(applied(getXattr(`${to}/program`, Buffer.from('security.capability')), ''), capability)
    equal(applied(listXattrs(to), to), [], 'marks of overlayfs stay behind')
  } finally {
    rmSync(place, { recursive: true })
  }
})

test.run()
