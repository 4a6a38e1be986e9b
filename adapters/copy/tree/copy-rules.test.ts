/** The path rules of copies, one line each. */
import * as E from 'fp-ts/lib/Either.js'
import { equal, is } from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { absolutePath, placementOf, renamed, splitPath, type CopyTarget } from './copy-rules.ts'

const test = suite('copy rules')

const placed = (from: string, isDirectory: boolean, target: CopyTarget): string => {
  const placement = placementOf({ base: splitPath(from).base, isDirectory }, target)
  if (E.isLeft(placement)) return placement.left
  const { directory, rename } = placement.right
  return `${directory} ${rename === undefined ? 'as it is' : `${rename.from} as ${rename.to}`}`
}

const [file, folder] = [false, true]

test('a path keeps what its end means', () => {
  equal(
    ['a', './a/', '/x/../y', 'a/.', '.', '/', '/.', '..', 'a//b//'].map((p) =>
      absolutePath(p, '/here'),
    ),
    ['/here/a', '/here/a/', '/y', '/here/a/.', '/here/.', '/', '/.', '/', '/here/a/b/'],
  )
  equal(splitPath('/a/b'), { directory: '/a', base: 'b' })
  equal(splitPath('/a/b/'), { directory: '/a', base: 'b' })
  equal(splitPath('/a/b/.'), { directory: '/a/b', base: '.' })
  equal(splitPath('/'), { directory: '/', base: '/' })
})

test('a directory that is there takes the copy under its own name', () => {
  is(placed('/f', file, { path: '/t', type: 'directory' }), '/t as it is')
  is(placed('/d', folder, { path: '/t', type: 'directory' }), '/t as it is')
  is(placed('/d/.', folder, { path: '/t', type: 'directory' }), '/t as it is')
})

test('where nothing is the copy gets the name of the target', () => {
  is(placed('/f', file, { path: '/t/n', type: undefined }), '/t f as n')
  is(placed('/d', folder, { path: '/t/n', type: undefined }), '/t d as n')
  is(placed('/d/.', folder, { path: '/t/n', type: undefined }), '/t . as n')
  is(placed('/f', file, { path: '/t/n/', type: undefined }), 'no such directory: /t/n/')
})

test('a file takes a file’s place, a directory does not', () => {
  is(placed('/f', file, { path: '/t/o', type: 'other' }), '/t f as o')
  is(placed('/d', folder, { path: '/t/o', type: 'other' }).slice(0, 21), 'cannot copy directory')
})

test('names are changed at their first part alone', () => {
  const change = (from: string, name: string): string =>
    renamed(Buffer.from(name), { from, to: 'new' }).toString()
  equal(
    ['old', 'old/', 'old/x', './old/old', 'older', 'x/old'].map((name) => change('old', name)),
    ['new', 'new/', 'new/x', 'new/old', 'older', 'x/old'],
  )
  equal(
    ['./', '.', './x', 'x/y', '/'].map((name) => change('.', name)),
    ['new', 'new', 'new/x', 'new/x/y', 'new'],
  )
  is(renamed(Buffer.from('./a'), undefined).toString(), './a')
})

test.run()
