/** A daemon killed while it unpacks leaves either no layer or a whole one, and never half. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { LayerBench, outcome } from './fixtures/layer-bench.ts'
import { tarBytes } from './fixtures/tar-bytes.ts'

const test = suite('unpack crash')
const bench = new LayerBench('crash')
test.after(() => bench.end())

const files = 300
const program = new URL('fixtures/unpack-once.ts', import.meta.url).pathname
const content = Buffer.alloc(100_000, 'x')

test.needs(
  ['root'],
  'SIGKILL at any moment of unpacking leaves no layer or a whole one',
  async () => {
    const request = bench.request(
      tarBytes(...Array.from({ length: files }, (_, i) => ({ name: `f${i}`, content }))),
    )
    const { layer, diff, source } = request
    const args = [bench.layout.root, layer, diff, source.archive]
    let interrupted = 0
    for (const delayMs of [0, 10, 30, 100]) {
      const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const exited = once(child, 'exit')
      await once(child.stdout, 'data')
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      child.kill('SIGKILL')
      await exited
      const committed = await outcome(bench.store.layer.isCommitted(layer))
      if (existsSync(bench.staging(layer))) interrupted += 1
      assert.is(existsSync(bench.diff(layer)), committed)
      if (committed === true) {
        assert.is(readdirSync(bench.diff(layer)).length, files)
        await outcome(bench.store.layer.remove(layer))
      }
    }
    assert.ok(interrupted > 0)
    assert.is(await bench.unpack(request), files * content.length)
    assert.is(statSync(`${bench.diff(layer)}/f${files - 1}`).size, content.length)
  },
)

test.run()
