/** A front door with a real engine on an instant host, and the calls that most tests make. */
import type { Engine } from '../../../journal/engine/engine.ts'
import type { MemoryJournal, MemoryJournalOptions } from '../../../journal/store/memory-store.ts'
import type { JournalCodec } from '../engine-facade.ts'
import { ContainerServiceService as containers } from '../wire/containers_server.ts'
import { ImagesServiceService as images } from '../wire/images_server.ts'
import { openFrontDoor, type FrontDoor } from './front-door.ts'
import { instantHost } from './instant-host.ts'

/** The journal's code, which tests hand in. */
export interface JournalCode {
  readonly open: typeof Engine.open
  readonly memoryJournal: (options: MemoryJournalOptions) => MemoryJournal
  readonly codec: JournalCodec
}

export interface Door extends FrontDoor {
  readonly engine: Engine
}

const silent = { info: () => undefined, warn: () => undefined, debug: () => undefined }

export const openEngine = async ({ open, memoryJournal }: JournalCode) => {
  const host = instantHost()
  const store = memoryJournal({ nonce: 'test' }).open()
  const journal = {
    store: () => store,
    reopen: () => Promise.resolve({ _tag: 'Right', right: store } as const),
    replenish: () => Promise.resolve(true),
    committed: () => undefined,
  }
  const engine = await open({
    ports: host.ports,
    journal,
    version: 'test',
    pid: process.pid,
    log: silent,
    onFatal: () => undefined,
  })
  await engine.start()
  return { engine, streams: host.streams, store }
}

/** Opens, runs the body, closes. */
export const doorsOf =
  (code: JournalCode) =>
  async (body: (door: Door) => Promise<void>): Promise<void> => {
    const { engine, streams } = await openEngine(code)
    const door = await openFrontDoor({ engine, codec: code.codec, streams })
    try {
      await body({ ...door, engine })
    } finally {
      await door.close()
      engine.abandon()
    }
  }

export const load = (door: FrontDoor) =>
  door.call(images.load, { file: '/busybox.tar', type: 'oci', tag: '' })

export interface Wanted {
  readonly name?: string
  readonly cmd?: ReadonlyArray<string>
  readonly host?: object
  readonly requestId?: string
}

export const create = (door: FrontDoor, wanted: Wanted) => {
  const { name = '', cmd = ['sleep'], host = {} } = wanted
  const request = {
    id: name,
    rootfs: '',
    image: 'busybox',
    runtime: '',
    hostconfig: JSON.stringify(host),
    customconfig: JSON.stringify({ Cmd: cmd }),
  }
  return door.call(containers.create, request, wanted.requestId)
}

export const noFifos = {
  stdin: '',
  attach_stdin: false,
  stdout: '',
  attach_stdout: false,
  stderr: '',
  attach_stderr: false,
}

export const start = (door: FrontDoor, id: string) =>
  door.call(containers.start, { ...noFifos, id })

export const list = (door: FrontDoor, all: boolean) =>
  door.call(containers.list, { all, filters: {} })

export const execOf = (id: string, argv: string[]) => ({
  ...noFifos,
  container_id: id,
  tty: false,
  open_stdin: false,
  argv,
  env: [],
  user: '',
  suffix: '',
  workdir: '',
})
