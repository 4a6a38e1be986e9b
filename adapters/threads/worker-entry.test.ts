/** Worker threads start from sources and from bundles, by the same line of code. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { echo } from './fixtures/echo.ts'
import { workerEntry } from './worker-entry.ts'

const test = suite('worker entry')
const fixtures = join(import.meta.dirname, 'fixtures')

const bundle = (source: string, outfile: string): Promise<unknown> =>
  build({ entryPoints: [source], outfile, bundle: true, platform: 'node', format: 'esm' })

test('a worker of the sources runs in its own thread', async () => {
  assert.equal(await echo('a'), { echoed: 'a', thread: true })
})

test('a bundled worker is found beside the bundle that starts it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'worker-entry-'))
  try {
    const main = join(folder, 'main.mjs')
    await bundle(join(fixtures, 'echo.ts'), main)
    await bundle(join(fixtures, 'echo.worker.ts'), join(folder, 'echo.worker.mjs'))
    const loaded: unknown = await import(pathToFileURL(main).href)
    assert.ok(typeof loaded === 'object' && loaded !== null && 'echo' in loaded)
    assert.type(loaded.echo, 'function')
    const bundled = loaded.echo as typeof echo
    assert.equal(await bundled({ b: 1 }), { echoed: { b: 1 }, thread: true })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('an entry needs no loader once it is bundled', () => {
  const url = workerEntry('exits', 'file:///opt/isulad/lib/isulad.mjs')
  assert.is(url.href, 'file:///opt/isulad/lib/exits.worker.mjs')
})

test.run()
