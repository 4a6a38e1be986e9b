/** Debian's docker.io and podman, on roots of their own and without a network. */
import { startDocker } from '../../differential/docker-peer.ts'
import type { Peer } from '../../differential/peer.ts'
import { startPodman } from '../../differential/podman-peer.ts'
import { clientEngine } from './client-engine.ts'
import type { Engine } from './engine.ts'

const engineOf = async (peer: Peer, removal: ReadonlyArray<string>): Promise<Engine> => {
  const { stdout } = await peer.run(['version', '--format', '{{.Client.Version}}'])
  const { name, image, directory, run, dispose } = peer
  const flags = ['--network', 'none']
  const version = stdout.trim()
  return clientEngine({ name, version, image, directory, flags, removal, run, dispose })
}

export const startDockerEngine = async (): Promise<Engine> =>
  engineOf(await startDocker(), ['rm', '-f'])
export const startPodmanEngine = async (): Promise<Engine> =>
  engineOf(await startPodman(), ['rm', '-f', '-t', '0'])
