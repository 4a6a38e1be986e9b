/** A directory of an image is found through its links, and never outside of the image. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { is, throws } from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { imageDirectory } from './image-directory.ts'

const test = suite('directory of an image')
let root = ''

test.before(() => {
  root = mkdtempSync(`${tmpdir()}/image-`)
  mkdirSync(`${root}/data/sub`, { recursive: true })
  writeFileSync(`${root}/file`, '')
  const links = {
    absolute: '/data',
    relative: 'data/../data/./sub',
    outside: '/etc',
    upwards: '../../../../../../etc',
    inside: '../../data',
    chain: '/absolute/sub',
    loop: '/loop',
    dangling: '/nothing',
  }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, `${root}/${name}`)
})

test.after(() => rmSync(root, { recursive: true }))

test('plain directories and links to them are found', () => {
  is(imageDirectory(root, '/data/sub'), `${root}/data/sub`)
  is(imageDirectory(root, '/absolute'), `${root}/data`)
  is(imageDirectory(root, '/relative'), `${root}/data/sub`)
  is(imageDirectory(root, '/chain'), `${root}/data/sub`)
  is(imageDirectory(root, '/absolute/sub/..'), `${root}/data`)
})

test('a link that leads out of the image leads nowhere', () => {
  is(imageDirectory(root, '/outside'), undefined)
  is(imageDirectory(root, '/upwards'), undefined)
  is(imageDirectory(root, '/../../etc'), undefined)
  is(imageDirectory(root, '/inside'), `${root}/data`)
})

test('what is no directory, or not there, is none', () => {
  is(imageDirectory(root, '/file'), undefined)
  is(imageDirectory(root, '/file/x'), undefined)
  is(imageDirectory(root, '/nothing'), undefined)
  is(imageDirectory(root, '/dangling'), undefined)
})

test('links in a circle end with ELOOP', () => {
  throws(() => imageDirectory(root, '/loop'), /too many links/)
})

test.run()
