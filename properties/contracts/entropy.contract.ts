/** The entropy port: as many bytes as asked for, and never the same twice. */
import assert from 'node:assert/strict'
import type { Contract } from './host-under-contract.ts'

export const entropyContract: Contract = (test) => {
  test('it answers two lower-case hex digits for each byte', (host) => {
    for (const bytes of [0, 1, 3, 4, 6, 16, 32, 33]) {
      const text = host.ports.entropy.hex(bytes)
      assert.equal(text.length, 2 * bytes)
      assert.match(text, /^[0-9a-f]*$/)
    }
    return Promise.resolve()
  })

  test('a thousand ids are a thousand ids', (host) => {
    const ids = Array.from({ length: 1000 }, () => host.ports.entropy.hex(32))
    assert.equal(new Set(ids).size, ids.length)
    const digits = new Set(ids.flatMap((id) => [...id]))
    assert.equal(digits.size, 16)
    return Promise.resolve()
  })
}
