/** What an engine's `inspect` says of a container, in words that all engines share. */

export interface Seen {
  readonly status: string
  readonly running: boolean
  readonly paused: boolean
  readonly exitCode: number
  readonly oomKilled: boolean
  readonly restartCount: number
  readonly config: Readonly<Record<string, unknown>>
}

type Json = Readonly<Record<string, unknown>>

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const at = (document: unknown, ...path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>((value, name) => (isJson(value) ? value[name] : undefined), document)

const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

const texts = (value: unknown): ReadonlyArray<string> =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []

/** Engines spell capabilities with and without their prefix. */
const capabilities = (value: unknown): ReadonlyArray<string> =>
  texts(value)
    .map((name) => name.replace(/^CAP_/, ''))
    .sort()

/** What the user gave; the engines' own variables differ. */
const environment = (value: unknown): ReadonlyArray<string> =>
  texts(value)
    .filter((entry) => /^(KEY|OTHER)=/.test(entry))
    .sort()

const words: Readonly<Record<string, string>> = {
  inited: 'created',
  configured: 'created',
  stopped: 'exited',
}

export const seenOf = (document: unknown): Seen => {
  const config = (name: string): unknown => at(document, 'Config', name)
  const host = (name: string): unknown => at(document, 'HostConfig', name)
  const state = (name: string): unknown => at(document, 'State', name)
  const status = String(state('Status'))
  return {
    status: words[status] ?? status,
    running: state('Running') === true,
    paused: state('Paused') === true,
    exitCode: number(state('ExitCode')),
    oomKilled: state('OOMKilled') === true,
    restartCount: number(at(document, 'RestartCount')),
    config: {
      Env: environment(config('Env')),
      User: config('User') ?? '',
      WorkingDir: config('WorkingDir') ?? '',
      Labels: config('Labels') ?? {},
      Cmd: texts(config('Cmd')),
      Entrypoint: texts(config('Entrypoint')),
      ReadonlyRootfs: host('ReadonlyRootfs'),
      Memory: number(host('Memory')),
      MemorySwap: number(host('MemorySwap')),
      NanoCpus: number(host('NanoCpus')),
      CpuShares: number(host('CpuShares') ?? host('CPUShares')),
      CpusetCpus: host('CpusetCpus') ?? '',
      PidsLimit: Math.max(0, number(host('PidsLimit'))),
      CapAdd: capabilities(host('CapAdd')),
      CapDrop: capabilities(host('CapDrop')),
      Binds: texts(host('Binds')),
      AutoRemove: host('AutoRemove') === true,
      RestartPolicy: at(host('RestartPolicy'), 'Name'),
      Retries: number(at(host('RestartPolicy'), 'MaximumRetryCount')),
    },
  }
}
