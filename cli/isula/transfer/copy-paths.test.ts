/** Which operand of `isula cp` is in a container (CLI-CP-01). */
import * as E from 'fp-ts/lib/Either.js'
import { equal, match } from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { copyWish } from './copy-paths.ts'

const test = suite('copy paths')

test('CLI-CP-01 one side is CONTAINER:PATH, the other a path here or -', () => {
  equal(
    copyWish('box:/a', '/b'),
    E.right({ _tag: 'Out', from: { container: 'box', path: '/a' }, to: '/b' }),
  )
  equal(
    copyWish('-', 'box:/a:b'),
    E.right({ _tag: 'In', from: '-', to: { container: 'box', path: '/a:b' } }),
  )
})

test('what begins with / or . is local, whatever colons it holds', () => {
  for (const from of ['/x:y', './x:y', '../x:y', ':y'])
    equal(
      copyWish(from, 'box:rel'),
      E.right({ _tag: 'In', from, to: { container: 'box', path: 'rel' } }),
    )
})

test('CLI-CP-01 both, neither and empty paths are refused', () => {
  const refusals = [
    ['a:/x', 'b:/y', 'copying between containers'],
    ['/x', '/y', 'must specify'],
    ['', 'box:/x', 'must specify'],
    ['box:/x', '', 'must specify'],
    ['box:', '/x', 'may not be empty'],
    ['/x', 'box:', 'may not be empty'],
  ] as const
  for (const [from, to, text] of refusals) {
    const wish = copyWish(from, to)
    match(E.isLeft(wish) ? wish.left : '', text)
  }
})

test.run()
