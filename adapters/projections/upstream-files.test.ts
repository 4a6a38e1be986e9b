/** Upstream's files follow the state, and are mended after a start. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Container } from '../../domain/container/state.ts'
import { operationId, type ContainerId } from '../../domain/identity.ts'
import { containerDirectory } from '../../domain/ports/layout.ts'
import { suite } from '../../properties/testing/suite.ts'
import { sampleContainer } from '../rpc/testing/sample-container.ts'
import { upstreamFiles } from './upstream-files.ts'

const test = suite('upstream files')
const names = ['config.v2.json', 'container_state.json', 'hostconfig.json', 'network_settings.json']

const withFiles = async (
  body: (parts: {
    readonly directory: string
    readonly tell: (c: Container | undefined) => void
    readonly restart: () => Promise<void>
    readonly warnings: ReadonlyArray<string>
  }) => Promise<void>,
): Promise<void> => {
  const scratch = mkdtempSync(join(tmpdir(), 'upstream-files-'))
  const layout = { root: scratch, state: `${scratch}/state` }
  const { id } = sampleContainer(1)
  let now: Container | undefined = sampleContainer(1)
  let listener: (id: ContainerId) => void = () => undefined
  const warnings: string[] = []
  const open = () =>
    upstreamFiles({
      layout,
      containers: () => (now === undefined ? [] : [now]),
      container: () => now,
      subscribe: (heard) => {
        listener = heard
        return () => (listener = () => undefined)
      },
      warn: (text) => void warnings.push(text),
    })
  const directory = containerDirectory(layout, sampleContainer(1))
  mkdirSync(directory, { recursive: true })
  let files = open()
  try {
    await files.start()
    await body({
      directory,
      tell: (c) => {
        now = c
        listener(id)
      },
      restart: async () => {
        files.stop()
        files = open()
        await files.start()
      },
      warnings,
    })
  } finally {
    files.stop()
    rmSync(scratch, { recursive: true })
  }
}

const read = (directory: string, name: string): unknown =>
  JSON.parse(readFileSync(join(directory, name), 'utf8'))

test('every file is there, with the members that scripts read', () =>
  withFiles(async ({ directory, tell }) => {
    assert.equal(readdirSync(directory).sort(), names)
    const { id, name } = sampleContainer(1)
    const config = read(directory, 'config.v2.json') as Record<string, Record<string, unknown>>
    assert.equal([config['CommonConfig']?.['id'], config['CommonConfig']?.['Name']], [id, name])
    tell({ ...sampleContainer(1), name: 'renamed' })
    const renamed = read(directory, 'config.v2.json') as typeof config
    assert.is(renamed['CommonConfig']?.['Name'], 'renamed')
    const host = read(directory, 'hostconfig.json') as Record<string, unknown>
    assert.is(host['Memory'], sampleContainer(1).host.Memory)
  }))

test('M-02 a file that a power cut left empty, or somebody changed, is written anew', () =>
  withFiles(async ({ directory, restart }) => {
    const whole = names.map((name) => readFileSync(join(directory, name), 'utf8'))
    writeFileSync(join(directory, 'hostconfig.json'), '')
    writeFileSync(join(directory, 'config.v2.json'), '{"torn":')
    rmSync(join(directory, 'network_settings.json'))
    await restart()
    assert.equal(
      names.map((name) => readFileSync(join(directory, name), 'utf8')),
      whole,
    )
  }))

test('nothing is written for a container that is to go, nor where its directory is gone', () =>
  withFiles(async ({ directory, tell, warnings }) => {
    rmSync(directory, { recursive: true })
    tell({ ...sampleContainer(1), name: 'other' })
    mkdirSync(directory)
    const phase = {
      _tag: 'Removing',
      operation: operationId('rm'),
      requested: sampleContainer(1).created,
      processes: null,
      delay: null,
      volumes: false,
    } as const
    tell({ ...sampleContainer(1), phase })
    assert.equal(readdirSync(directory), [])
    assert.equal(warnings, [])
  }))

test.run()
