/** Engines whose clients speak Docker's words: ours, docker and podman. */
import type { Ran } from '../../harness/run.ts'
import type { Engine } from './engine.ts'

export interface ClientEngine {
  readonly name: string
  readonly version: string
  readonly directory: string
  readonly image: string
  /** After `run` and `create`. */
  readonly flags: ReadonlyArray<string>
  /** `rm` of a running container, without grace. */
  readonly removal: ReadonlyArray<string>
  readonly run: (args: ReadonlyArray<string>) => Promise<Ran>
  readonly restart?: () => Promise<number>
  readonly dispose: () => Promise<void>
}

const sleeping = ['sleep', '100000']

export const clientEngine = (client: ClientEngine): Engine => {
  const { name, version, directory, image, flags, dispose } = client
  const command = async (args: ReadonlyArray<string>): Promise<void> => {
    const { code, stderr } = await client.run(args)
    if (code !== 0) throw new Error(`${name} ${args.join(' ')}: exit ${String(code)}: ${stderr}`)
  }
  const named = (container: string) => [...flags, '--name', container, image, ...sleeping]
  return {
    name,
    version,
    directory,
    command,
    dispose,
    restart: client.restart,
    runTrue: () => command(['run', '--rm', ...flags, image, 'true']),
    create: (container) => command(['create', ...named(container)]),
    start: (container) => command(['start', container]),
    exec: (container) => command(['exec', container, 'true']),
    stop: (container) => command(['stop', '-t', '0', container]),
    remove: (containers) => command([...client.removal, ...containers]),
    runDetached: (container) => command(['run', '-d', ...named(container)]),
    list: () => command(['ps', '-a']),
  }
}
