/** Finds out whether a runtime really runs containers here, by running a very small one. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  creatingInvocation,
  invocation,
  type Runtime,
  type RuntimeKind,
} from './runtime-command.ts'
import { runProgram } from './run-program.ts'
import { runtimeMessage } from './runtime-message.ts'

export interface ProbePlace {
  /** A directory of the probe's own: emptied before, and nothing is left in it. */
  readonly scratch: string
  /** Absolute cgroup path below which the probe's own cgroup is made. */
  readonly cgroupParent: string
}

/** A machine that has just come up after a power cut is slow: late is not broken. */
const probeTimeoutMs = 60_000
const versionTimeoutMs = 2_000

/** The host's own programs, read-only: works wherever `/bin/true` does. */
const hostMounts = (): ReadonlyArray<object> =>
  ['/bin', '/sbin', '/lib', '/lib64', '/usr'].filter(existsSync).map((path) => ({
    destination: path,
    source: path,
    type: 'bind',
    options: ['rbind', 'ro'],
  }))

const probeSpec = (rootfs: string, cgroupsPath: string): object => ({
  ociVersion: '1.0.2',
  root: { path: rootfs, readonly: false },
  process: { cwd: '/', args: ['/bin/true'], env: ['PATH=/bin'], user: { uid: 0, gid: 0 } },
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['mode=755'] },
    ...hostMounts(),
  ],
  linux: {
    cgroupsPath,
    namespaces: ['pid', 'mount', 'ipc', 'uts', 'network'].map((type) => ({ type })),
  },
})

export const runtimeKind = async (path: string): Promise<RuntimeKind> => {
  const result = await runProgram({ file: path, args: ['--version'], deadlineMs: versionTimeoutMs })
  const text = result._tag === 'Exited' ? result.stdout : ''
  if (text.startsWith('crun version')) return 'crun'
  return text.startsWith('runc version') ? 'runc' : 'other'
}

const inDirectory = async (runtime: Runtime, place: ProbePlace, dir: string): Promise<string> => {
  const id = basename(dir)
  await mkdir(`${dir}/bundle/rootfs`, { recursive: true })
  const spec = probeSpec(`${dir}/bundle/rootfs`, `${place.cgroupParent}/${id}`)
  await writeFile(`${dir}/bundle/config.json`, JSON.stringify(spec))
  const call = creatingInvocation(runtime, `${dir}/root`)
  const args = [...call.args, 'run', '--bundle', `${dir}/bundle`, id]
  const result = await runProgram({ file: call.file, args, deadlineMs: probeTimeoutMs })
  if (result._tag === 'Exited' && result.code === 0) return ''
  const { file, args: own } = invocation(runtime, `${dir}/root`)
  const remove = [...own, 'delete', '--force', id]
  await runProgram({ file, args: remove, deadlineMs: probeTimeoutMs })
  if (result._tag === 'NotStarted') return result.detail
  if (result._tag === 'Late') return `no end after ${result.deadlineMs} ms`
  return runtimeMessage(result.stderr) || `${result._tag} without a message`
}

/** The reason why this runtime does not work here, or the empty string. */
export const probeRuntime = async (runtime: Runtime, place: ProbePlace): Promise<string> => {
  await mkdir(place.scratch, { recursive: true, mode: 0o700 })
  const dir = await mkdtemp(`${place.scratch}/probe-`)
  try {
    return await inDirectory(runtime, place, dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
