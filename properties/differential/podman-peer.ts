/** Debian's podman on roots of its own. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { detectCgroups } from '../../adapters/cgroups/hierarchies.ts'
import { writeBusyboxArchive } from '../../adapters/images/busybox-image.ts'
import { unifiedToHide } from '../../adapters/runtime/runtime-command.ts'
import { run } from '../harness/run.ts'
import type { Peer } from './peer.ts'

const client = '/usr/bin/podman'

export const hasPodman = (): boolean => existsSync(client)

/** Its defaults ask for more than an unprivileged host may give. */
const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=4096:4096']

/** On a hybrid host crun refuses to work, and podman knows no way around it. */
const runtime = (): string =>
  unifiedToHide('crun', detectCgroups()) === undefined ? 'crun' : 'runc'

/** A client's own limit on open files wins. */
const withLimits = (args: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [verb = '', ...rest] = args
  if (verb !== 'create' && verb !== 'run') return args
  const own = rest.some((word) => word.startsWith('nofile='))
  return [verb, ...(own ? limits.slice(2) : limits), ...rest]
}

export const startPodman = async (): Promise<Peer> => {
  const directory = mkdtempSync(`${tmpdir()}/podman-`)
  const roots = [
    ...['--root', `${directory}/root`, '--runroot', `${directory}/run`],
    ...['--tmpdir', `${directory}/tmp`, '--cgroup-manager', 'cgroupfs'],
    ...['--events-backend', 'file', '--runtime', runtime()],
  ]
  const podman = (args: ReadonlyArray<string>) =>
    run(client, [...roots, ...withLimits(args)], { ms: 40_000 })
  const dispose = async (): Promise<void> => {
    await podman(['rm', '-a', '-f', '-t', '0'])
    await podman(['rmi', '-a', '-f'])
    rmSync(directory, { recursive: true, force: true })
  }
  const archive = `${directory}/busybox.tar`
  await writeBusyboxArchive(archive)
  const loaded = await podman(['load', '-i', archive])
  if (loaded.code !== 0) throw new Error(loaded.stderr)
  return {
    name: 'podman',
    showsConfig: false,
    directory,
    image: 'busybox',
    status: (s) => s,
    run: podman,
    dispose,
  }
}
