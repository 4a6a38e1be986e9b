/** Debian's docker.io on roots of its own, without a network. */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { writeBusyboxArchive } from '../../adapters/images/busybox-image.ts'
import { run } from '../harness/run.ts'
import type { Peer } from './peer.ts'

const client = '/usr/bin/docker'
const server = '/usr/sbin/dockerd'

const startSeconds = 30

const flags = (directory: string): ReadonlyArray<string> => [
  ...['--data-root', `${directory}/data`, '--exec-root', `${directory}/exec`],
  ...['--pidfile', `${directory}/dockerd.pid`, '--host', `unix://${directory}/docker.sock`],
  ...['--bridge=none', '--iptables=false', '--ip-masq=false'],
  ...['--exec-opt', 'native.cgroupdriver=cgroupfs'],
]

/** It ends its containerd with it. */
const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  child.kill('SIGTERM')
  await ended
}

export const hasDocker = (): boolean => existsSync(client) && existsSync(server)

export const startDocker = async (): Promise<Peer> => {
  const directory = mkdtempSync(`${tmpdir()}/dockerd-`)
  const log = `${directory}/dockerd.out`
  const out = openSync(log, 'a')
  const child = spawn(server, flags(directory), { stdio: ['ignore', out, out], cwd: '/' })
  closeSync(out)
  const env = { DOCKER_HOST: `unix://${directory}/docker.sock`, DOCKER_CONFIG: directory }
  const docker = (args: ReadonlyArray<string>) => run(client, args, { env, ms: 40_000 })
  const dispose = async (): Promise<void> => {
    const { stdout } = await docker(['ps', '-aq'])
    const ids = stdout.split('\n').filter((id) => id !== '')
    if (ids.length > 0) await docker(['rm', '-f', '-v', ...ids])
    await end(child)
    rmSync(directory, { recursive: true, force: true })
  }
  const deadline = Date.now() + startSeconds * 1000
  while ((await docker(['version'])).code !== 0) {
    if (child.exitCode !== null || Date.now() > deadline) {
      const said = readFileSync(log, 'utf8').split('\n').slice(-8).join('\n')
      await end(child)
      throw new Error(`dockerd did not answer within ${startSeconds} s:\n${said}`)
    }
    await new Promise((r) => setTimeout(r, 100))
  }
  const archive = `${directory}/busybox.tar`
  await writeBusyboxArchive(archive)
  const loaded = await docker(['load', '-i', archive])
  if (loaded.code !== 0) throw new Error(loaded.stderr)
  return {
    name: 'docker',
    showsConfig: true,
    directory,
    image: 'busybox',
    status: (s) => s,
    run: docker,
    dispose,
  }
}
