/** Which binary serves which runtime name, with the runtimes of this machine. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { containerId } from '../../domain/identity.ts'
import { suite } from '../../properties/testing/suite.ts'
import { detectCgroups } from '../cgroups/hierarchies.ts'
import { openRuntimeCatalogue, type CatalogueOptions } from './runtime-catalogue.ts'
import { makeRuntimePort } from './runtime-port.ts'

const test = suite('runtime catalogue')
const needs = ['root', 'program:crun', 'program:runc'] as const
const dir = mkdtempSync(`${tmpdir()}/isulad-test-`)

test.after(() => rmSync(dir, { recursive: true }))

const options = (over: Partial<CatalogueOptions> = {}): CatalogueOptions => ({
  configured: {},
  host: detectCgroups(),
  searchPath: '/usr/bin',
  place: { scratch: `${dir}/probe`, cgroupParent: '' },
  ...over,
})

const opened = async (over: Partial<CatalogueOptions> = {}) => {
  const catalogue = await openRuntimeCatalogue(options(over))
  if (E.isLeft(catalogue)) throw new Error(catalogue.left)
  return catalogue.right
}

test.needs(needs, 'the default is the first runtime that runs a container here', async () => {
  const catalogue = await opened()
  assert.is(catalogue.defaultName, 'crun')
  assert.equal([...catalogue.names].sort(), ['crun', 'lcr', 'runc'])
  assert.is(catalogue.find('runc')?.path, '/usr/bin/runc')
})

test.needs(
  needs,
  'lcr in any case is served by the default and keeps its name (RT-SEL-03)',
  async () => {
    const catalogue = await opened()
    for (const name of ['lcr', 'LCR', 'Lcr']) {
      assert.is(catalogue.find(name)?.name, 'lcr')
      assert.is(catalogue.find(name)?.path, catalogue.find('crun')?.path)
      assert.is(catalogue.canonicalName(name), 'lcr')
    }
    assert.is(catalogue.find('CRUN'), undefined)
  },
)

test.needs(
  needs,
  'a configured default is taken, an unknown one is named (RT-SEL-04, RT-SEL-08)',
  async () => {
    assert.is((await opened({ defaultRuntime: 'runc' })).defaultName, 'runc')
    assert.is((await opened({ defaultRuntime: 'LCR' })).defaultName, 'lcr')
    const unknown = await openRuntimeCatalogue(options({ defaultRuntime: 'nosuch' }))
    assert.match(E.isLeft(unknown) ? unknown.left : '', /default runtime nosuch is unknown/)
    assert.is((await opened()).find('nosuch'), undefined)
  },
)

test.needs(needs, 'a crun that fails the probe gives way to runc, with the reason', async () => {
  const path = `${dir}/bin`
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path)
  writeFileSync(`${path}/crun`, '#!/bin/sh\necho "no luck here" >&2\nexit 1\n')
  chmodSync(`${path}/crun`, 0o755)
  const catalogue = await opened({ searchPath: path })
  assert.is(catalogue.defaultName, 'runc')
  assert.equal(catalogue.rejected, ['crun: no luck here'])
})

test.needs(needs, 'configured arguments come before the subcommand (RT-SCN-05)', async () => {
  const path = `${dir}/wrapper`
  writeFileSync(path, `#!/bin/sh\nprintf '%s ' "$@" >> ${dir}/calls\necho '{"status":"running"}'\n`)
  chmodSync(path, 0o755)
  const catalogue = await opened({ configured: { myrt: { path, args: ['--debug'] } } })
  const layout = { root: `${dir}/root`, state: `${dir}/state` }
  const id = containerId('d'.repeat(64))
  mkdirSync(`${layout.state}/myrt/.runtime/${id}`, { recursive: true })
  writeFileSync(`${layout.state}/myrt/.runtime/${id}/status`, '{}')
  const port = makeRuntimePort({ layout, catalogue, deadlineMs: 5_000 })
  const ref = { id, runtime: 'myrt', attempt: 1, cgroupPath: `/x/${id}` }
  rmSync(`${dir}/calls`, { force: true })
  assert.equal(await port.status(ref)(), E.right('running'))
  const root = `${layout.state}/myrt/.runtime`
  assert.is(readFileSync(`${dir}/calls`, 'utf8'), `--debug --root ${root} state ${id} `)
})

test.needs(
  needs,
  'an unknown container is absent, and removing or starting it is no harm',
  async () => {
    const layout = { root: `${dir}/root`, state: `${dir}/empty` }
    const port = makeRuntimePort({ layout, catalogue: await opened(), deadlineMs: 5_000 })
    for (const runtime of ['crun', 'runc']) {
      const ref = { id: containerId('e'.repeat(64)), runtime, attempt: 1, cgroupPath: '/x/e' }
      assert.equal(await port.status(ref)(), E.right('absent'))
      assert.equal(await port.remove(ref)(), E.right(undefined))
      assert.match(JSON.stringify(await port.start(ref)()), /"NotApplied","errno":"ERUNTIME"/)
    }
  },
)

test.run()
