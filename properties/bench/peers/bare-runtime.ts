/** A runtime without an engine around it: the floor of every time. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { detectCgroups } from '../../../adapters/cgroups/hierarchies.ts'
import {
  creatingInvocation,
  invocation,
  unifiedToHide,
  type Invocation,
  type Runtime,
} from '../../../adapters/runtime/runtime-command.ts'
import { eventually } from '../../harness/processes.ts'
import { run } from '../../harness/run.ts'
import type { Engine } from './engine.ts'

const bundleOf = (directory: string, name: string, args: ReadonlyArray<string>): string => {
  const bundle = `${directory}/${name}`
  mkdirSync(bundle, { recursive: true })
  const mount = (type: string, destination: string) => ({ type, source: type, destination })
  const spec = {
    ociVersion: '1.0.2',
    root: { path: `${directory}/rootfs`, readonly: true },
    process: { cwd: '/', args, env: ['PATH=/bin'], user: { uid: 0, gid: 0 } },
    mounts: [mount('proc', '/proc'), mount('tmpfs', '/dev')],
    linux: {
      cgroupsPath: `/bench-${directory.slice(-6)}/${name}`,
      namespaces: ['pid', 'mount', 'ipc', 'uts', 'network'].map((type) => ({ type })),
    },
  }
  writeFileSync(`${bundle}/config.json`, JSON.stringify(spec))
  return bundle
}

const makeRootfs = (directory: string): void => {
  for (const folder of ['bin', 'proc', 'dev'])
    mkdirSync(`${directory}/rootfs/${folder}`, { recursive: true })
  copyFileSync('/bin/busybox', `${directory}/rootfs/bin/busybox`)
  for (const name of ['true', 'sleep']) symlinkSync('busybox', `${directory}/rootfs/bin/${name}`)
}

const removeCgroups = (directory: string): void => {
  for (const { mount } of detectCgroups().hierarchies) {
    const parent = `${mount}/bench-${directory.slice(-6)}`
    if (existsSync(parent)) execFileSync('rmdir', [parent])
  }
}

const paths = { crun: '/usr/bin/crun', runc: '/usr/sbin/runc' } as const

const runtimeOf = (kind: 'crun' | 'runc'): Runtime => {
  const hiddenMount = unifiedToHide(kind, detectCgroups())
  const runtime = { name: kind, path: paths[kind], args: [], kind }
  return hiddenMount === undefined ? runtime : { ...runtime, hiddenMount }
}

export const hasRuntime = (kind: 'crun' | 'runc'): boolean => existsSync(paths[kind])

/** It has no log, no attach and no monitor; `stop` waits until the runtime calls it stopped. */
export const startBare = (kind: 'crun' | 'runc'): Promise<Engine> => {
  const directory = mkdtempSync(`${tmpdir()}/bench-`)
  makeRootfs(directory)
  const [runtime, root] = [runtimeOf(kind), `${directory}/state`]
  const called = async ({ file, args }: Invocation, words: ReadonlyArray<string>) => {
    const { code, stdout, stderr } = await run(file, [...args, ...words])
    if (code !== 0) throw new Error(`${kind} ${words.join(' ')}: ${stderr}`)
    return stdout
  }
  const call = (...words: ReadonlyArray<string>) => called(invocation(runtime, root), words)
  const creating = creatingInvocation(runtime, root)
  // A created init keeps the caller's standard streams: pipes of ours would never close.
  const silent = ['-c', 'exec "$@" >/dev/null 2>&1', 'sh', creating.file, ...creating.args]
  const created = async (name: string): Promise<void> => {
    const bundle = bundleOf(directory, name, ['sleep', '100000'])
    await called({ file: '/bin/sh', args: silent }, ['create', '-b', bundle, name])
  }
  const start = (name: string) => call('start', name)
  const isStopped = async (name: string) => (await call('state', name)).includes('"stopped"')
  const truth = bundleOf(directory, 'true', ['true'])
  const done = () => undefined
  return Promise.resolve({
    name: `bare ${kind}`,
    version: execFileSync(paths[kind], ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? '',
    runTrue: () => called(creating, ['run', '-b', truth, 'true']).then(done),
    create: created,
    start: (name) => start(name).then(done),
    exec: (name) => call('exec', name, 'true').then(done),
    stop: async (name) => {
      await call('kill', name, 'KILL')
      await eventually(`${name} is stopped`, () => isStopped(name))
    },
    remove: async (names) => {
      for (const name of names) await call('delete', '--force', name)
    },
    runDetached: async (name) => {
      await created(name)
      await start(name)
    },
    list: () => call('list').then(done),
    directory: undefined,
    restart: undefined,
    command: undefined,
    dispose: () => {
      removeCgroups(directory)
      rmSync(directory, { recursive: true, force: true })
      return Promise.resolve()
    },
  })
}
