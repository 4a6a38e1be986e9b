/** For tests: real ports on a state directory of their own, and very small busybox bundles. */
import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { containerId } from '../../../domain/identity.ts'
import type { Answer } from '../../../domain/ports/answer.ts'
import {
  bundleDirectory,
  containerDirectory,
  type ContainerRef,
  type Layout,
} from '../../../domain/ports/layout.ts'
import { makeCgroupPort } from '../../cgroups/cgroup-port.ts'
import { cgroupDirectories, detectCgroups } from '../../cgroups/hierarchies.ts'
import { processPort } from '../../kernel/process-port.ts'
import { killAll } from '../../cgroups/kill-all.ts'
import { removeTrees } from '../../cgroups/cgroup-tree.ts'
import { openRuntimeCatalogue, type ConfiguredRuntime } from '../../runtime/runtime-catalogue.ts'
import { makeRuntimePort } from '../../runtime/runtime-port.ts'
import { defaultLimits, type StreamLimits } from '../attach-stream.ts'
import { endLaunch } from '../end-launch.ts'
import { makeMonitorPort } from '../monitor-port.ts'
import { makeStreamRegistry } from '../streams.ts'

export interface BundleWish {
  readonly args: ReadonlyArray<string>
  readonly terminal?: boolean
  readonly memoryBytes?: number
}

const applets = ['sh', 'sleep', 'cat', 'echo', 'true', 'stty', 'tail', 'id', 'head', 'kill', 'dd']

const makeRootfs = (root: string): string => {
  const rootfs = `${root}/rootfs`
  for (const name of ['bin', 'proc', 'dev', 'sys', 'tmp', 'etc']) {
    mkdirSync(`${rootfs}/${name}`, { recursive: true })
  }
  copyFileSync('/bin/busybox', `${rootfs}/bin/busybox`)
  for (const applet of applets) symlinkSync('busybox', `${rootfs}/bin/${applet}`)
  writeFileSync(`${rootfs}/etc/passwd`, 'root:x:0:0::/root:/bin/sh\nguest:x:1000:1000::/tmp:/x\n')
  writeFileSync(`${rootfs}/etc/group`, 'root:x:0:\nguest:x:1000:\nextra:x:2000:guest\n')
  return rootfs
}

const capabilities = ['CAP_KILL', 'CAP_SETUID', 'CAP_SETGID', 'CAP_CHOWN']

const specOf = (rootfs: string, ref: ContainerRef, wish: BundleWish): object => ({
  ociVersion: '1.0.2',
  root: { path: rootfs, readonly: false },
  process: {
    cwd: '/',
    args: wish.args,
    env: ['PATH=/bin', 'WHO=container'],
    user: { uid: 0, gid: 0 },
    terminal: wish.terminal ?? false,
    capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
  },
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['mode=755'] },
    { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['newinstance'] },
  ],
  linux: {
    cgroupsPath: ref.cgroupPath,
    namespaces: ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type })),
    resources:
      wish.memoryBytes === undefined
        ? {}
        : { memory: { limit: wish.memoryBytes, swap: wish.memoryBytes } },
  },
})

export const answerOf = async <A>(answer: Answer<A>): Promise<A> => {
  const result = await answer()
  if (E.isRight(result)) return result.right
  const { left } = result
  throw new Error(left._tag === 'NotApplied' ? `${left.errno}: ${left.detail}` : left.reason)
}

export interface FixtureOptions {
  readonly runtimes?: Readonly<Record<string, ConfiguredRuntime>>
  readonly limits?: StreamLimits
  /** How long a launch waits for its answer. */
  readonly launchMs?: number
}

/** Ports on existing directories, as a daemon that starts anew would make them. */
export const openFixture = async (
  layout: Layout,
  cgroupParent: string,
  options: FixtureOptions = {},
) => {
  const host = detectCgroups()
  const opened = await openRuntimeCatalogue({
    configured: options.runtimes ?? {},
    host,
    searchPath: process.env['PATH'] ?? '',
    place: { scratch: `${layout.state}/.probe`, cgroupParent },
  })
  if (E.isLeft(opened)) throw new Error(opened.left)
  const catalogue = opened.right
  const runtime = makeRuntimePort({ layout, catalogue, deadlineMs: 20_000 })
  const cgroup = makeCgroupPort({ host, process: processPort })
  const limits = options.limits ?? defaultLimits
  const streams = makeStreamRegistry({ layout, limits })
  const ports = { layout, catalogue, host, runtime, cgroup, process: processPort, streams }
  const deadlineMs = options.launchMs ?? 20_000
  const monitor = makeMonitorPort({ ...ports, program: '/usr/bin/conmon', deadlineMs })
  return { ...ports, monitor, cgroupParent }
}

type Opened = Awaited<ReturnType<typeof openFixture>>

export interface Fixture extends Opened {
  readonly newRef: (runtime: string) => ContainerRef
  readonly writeBundle: (ref: ContainerRef, wish: BundleWish) => void
  /** The four steps that recovery takes for an incarnation that must go. */
  readonly removeAll: (ref: ContainerRef) => Promise<void>
  readonly close: () => Promise<void>
}

export const removeAll = async (ports: Opened, ref: ContainerRef): Promise<void> => {
  await answerOf(ports.monitor.clear(ref))
  await answerOf(ports.cgroup.killAll(ref))
  await answerOf(ports.runtime.remove(ref))
  await answerOf(ports.cgroup.remove(ref))
}

/** Also after a failed test: nothing of it may stay on the machine. */
const close = async (ports: Opened, root: string): Promise<void> => {
  await endLaunch(ports, ports.layout.state)
  await killAll(ports, ports.cgroupParent)
  await removeTrees(cgroupDirectories(ports.host, ports.cgroupParent))
  rmSync(root, { recursive: true, force: true })
}

export const makeFixture = async (options: FixtureOptions = {}): Promise<Fixture> => {
  const root = mkdtempSync(`${tmpdir()}/isulad-test-`)
  const rootfs = makeRootfs(root)
  const layout = { root: `${root}/root`, state: `${root}/state` }
  mkdirSync(layout.state, { recursive: true })
  const cgroupParent = `/isulad-test-${randomBytes(6).toString('hex')}`
  const ports = await openFixture(layout, cgroupParent, options)
  const newRef = (runtime: string): ContainerRef => {
    const id = containerId(randomBytes(32).toString('hex'))
    return { id, runtime, attempt: 1, cgroupPath: `${cgroupParent}/${id}` }
  }
  return {
    ...ports,
    newRef,
    writeBundle: (ref, wish) => {
      mkdirSync(containerDirectory(layout, ref), { recursive: true })
      mkdirSync(bundleDirectory(layout, ref), { recursive: true })
      const text = JSON.stringify(specOf(rootfs, ref, wish))
      writeFileSync(`${bundleDirectory(layout, ref)}/config.json`, text)
    },
    removeAll: (ref) => removeAll(ports, ref),
    close: () => close(ports, root),
  }
}

/** Polls until `found` answers something; fails after `deadlineMs`. */
export const eventually = async <A>(
  what: string,
  found: () => A | undefined | Promise<A | undefined>,
  deadlineMs = 5_000,
): Promise<A> => {
  const until = performance.now() + deadlineMs
  for (;;) {
    const value = await found()
    if (value !== undefined) return value
    if (performance.now() > until) throw new Error(`${what}: not within ${deadlineMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
