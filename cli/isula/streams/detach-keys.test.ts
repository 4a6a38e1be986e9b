/** Which keys detach, and what of the others reaches the process. */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { detachFilter, parseDetachKeys, usualDetachKeys } from './detach-keys.ts'

const test = suite('detach keys')

const keysOf = (text: string): ReadonlyArray<number> => {
  const keys = parseDetachKeys(text)
  if (E.isLeft(keys)) throw new Error(keys.left)
  return keys.right
}

/** What passes of these chunks, `|` where the client detaches. */
const passed = (keys: string, ...chunks: ReadonlyArray<string>): string => {
  const filter = detachFilter(keysOf(keys))
  let text = ''
  for (const chunk of chunks) {
    const { bytes, detached } = filter(Buffer.from(chunk))
    text += Buffer.from(bytes).toString()
    if (detached) return `${text}|`
  }
  return text
}

test('ctrl-letters and single characters are keys (DOCK-ATTACH-01)', () => {
  assert.equal(keysOf(usualDetachKeys), [0x10, 0x11])
  assert.equal(keysOf('ctrl-a,q,ctrl-[,ctrl-@'), [1, 0x71, 0x1b, 0])
  assert.equal(keysOf(''), [])
})

test('anything else is refused with the key and the whole value', () => {
  for (const text of ['ctrl-', 'ctrl-A', 'ctrl-1', 'ab', 'a,,b', 'ctrl-p,', ' x', 'é'])
    assert.match(
      E.match(
        (why: string) => why,
        () => 'taken',
      )(parseDetachKeys(text)),
      `Invalid detach keys '${text}'`,
    )
})

test('the sequence detaches, also in pieces, and is not passed on', () => {
  assert.is(passed(usualDetachKeys, 'ls\n\x10\x11more'), 'ls\n|')
  assert.is(passed(usualDetachKeys, 'ls\n\x10', '\x11'), 'ls\n|')
  assert.is(passed('x', 'axb'), 'a|')
})

test('the beginning of a sequence that goes on otherwise reaches the process', () => {
  assert.is(passed(usualDetachKeys, '\x10a'), '\x10a')
  assert.is(passed(usualDetachKeys, '\x10', 'a'), '\x10a')
  assert.is(passed(usualDetachKeys, '\x10\x10\x11'), '\x10|')
  assert.is(passed('a,b,c', 'ababc'), 'ab|')
})

test('without keys every byte passes', () => {
  assert.is(passed('', 'a\x10\x11b'), 'a\x10\x11b')
})

test.run()
