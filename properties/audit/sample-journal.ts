/** A journal of real events in a directory: made by the engine itself on an instant host. */
import { rmSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { instantHost } from '../../adapters/rpc/testing/instant-host.ts'
import { sampleContainer } from '../../adapters/rpc/testing/sample-container.ts'
import type { Command } from '../../domain/command.ts'
import { diffId, execId } from '../../domain/identity.ts'
import { Engine } from '../../journal/engine/engine.ts'
import { inProcessOptions } from '../../journal/open/in-process-options.ts'
import { openJournal } from '../../journal/open/open-journal.ts'
import { noStorageRequest } from '../../domain/container/storage.ts'

const silent = { info: () => undefined, warn: () => undefined, debug: () => undefined }
const client = { actor: 'uid:0/pid:7', requestId: '', causation: 0 }

/** What a redacted export must not tell. */
export const secrets = ['hunter2', '--password=swordfish', 'acme-internal', '/srv/customer-data']

export type Tell = (command: Command) => Promise<void>

/** Opens the journal in `root`, runs an engine on it, and closes both. */
export const withEngine = async (
  root: string,
  body: (tell: Tell, engine: Engine) => Promise<void>,
): Promise<void> => {
  const options = inProcessOptions(root)
  const journal = await openJournal(options)
  if (E.isLeft(journal)) throw new Error(journal.left._tag)
  const engine = await Engine.open({
    ports: instantHost().ports,
    journal: journal.right,
    version: 'test',
    pid: process.pid,
    log: silent,
    onFatal: (code, cause) => {
      throw new Error(`${code}: ${cause}`)
    },
  })
  await engine.start()
  const tell: Tell = async (command) => {
    const result = await engine.submit(command, client)
    if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  }
  try {
    await body(tell, engine)
  } finally {
    await engine.stop('SIGTERM')
    await journal.right.close()
  }
}

const [layer] = sampleContainer(1).layers

export const loadImage = async (tell: Tell): Promise<void> => {
  if (layer === undefined) return
  const { image } = sampleContainer(1)
  const source = { archive: '/srv/customer-data/image.tar', entry: 'b' }
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: { Env: ['TOKEN=hunter2'], Cmd: ['sh'], Labels: { owner: 'acme-internal' } },
    history: [{ created_by: 'RUN curl --password=swordfish' }],
  })
  const archived = {
    id: image.id,
    config,
    references: ['busybox:latest'],
    layers: [{ layer, diff: diffId('d'.repeat(64)), source }],
  }
  const { references } = archived
  await tell({ _tag: 'LoadImage', image: archived, references, origin: source.archive })
}

export const createContainer = async (tell: Tell, n: number, name: string): Promise<void> => {
  if (layer === undefined) return
  const { id, image, runtime, cgroupPath, host, process } = sampleContainer(n)
  await tell({
    _tag: 'CreateContainer',
    id,
    name,
    image,
    layers: [layer],
    runtime,
    cgroupPath,
    storage: noStorageRequest,
    host: {
      ...host,
      Binds: ['/srv/customer-data:/data:ro'],
      Mounts: [],
      Tmpfs: { '/srv/customer-data/tmp': 'size=1m' },
    },
    process: {
      ...process,
      Env: ['PATH=/bin', 'TOKEN=hunter2'],
      Cmd: ['-c', '--password=swordfish'],
      Labels: { 'acme-internal': 'hunter2' },
    },
  })
}

export const idOfContainer = (n: number) => sampleContainer(n).id

const until = async (condition: () => boolean): Promise<void> => {
  for (let n = 0; n < 400 && !condition(); n += 1) await new Promise((r) => setTimeout(r, 5))
  if (!condition()) throw new Error('the engine does not come to rest')
}

/** 22 records of three containers: `web` was stopped, `gone` removed, `idle` never started. */
export const fillJournal = (root: string): Promise<void> =>
  withEngine(root, async (tell, { world }) => {
    await loadImage(tell)
    await createContainer(tell, 1, 'web')
    await createContainer(tell, 2, 'gone')
    await createContainer(tell, 3, 'idle')
    const id = idOfContainer(1)
    await tell({ _tag: 'StartContainer', id, timeoutMs: null })
    await tell({
      _tag: 'ExecInContainer',
      id,
      exec: execId('e1'),
      detached: true,
      process: {
        args: ['exit', '0', '--password=swordfish'],
        env: ['TOKEN=hunter2'],
        user: '',
        workingDir: '',
        terminal: false,
        openStdin: false,
      },
    })
    await tell({ _tag: 'StopContainer', id, signal: 15, graceMs: 10_000 })
    await until(() => {
      const web = world.container(id)
      return web?.unreleased === null && Object.keys(web.execs).length === 0
    })
    await tell({ _tag: 'RemoveContainer', id: idOfContainer(2), force: false, volumes: false })
  })

let template: Promise<string> | undefined

const makeTemplate = async (): Promise<string> => {
  const root = await mkdtemp(join(tmpdir(), 'isula-audit-'))
  process.once('exit', () => rmSync(root, { recursive: true }))
  await fillJournal(root)
  return root
}

/** A copy of a root with `fillJournal` in it; taken away afterwards. */
export const withSampleJournal = async (body: (root: string) => Promise<void>): Promise<void> => {
  template ??= makeTemplate()
  const root = await mkdtemp(join(tmpdir(), 'isula-audit-'))
  try {
    await cp(await template, root, { recursive: true })
    await body(root)
  } finally {
    await rm(root, { recursive: true })
  }
}
