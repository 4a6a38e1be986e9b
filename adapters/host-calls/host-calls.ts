/** Bundles, cgroups and mounts by another thread: answers to clients do not wait for them. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Answer } from '../../domain/ports/answer.ts'
import type { Layout } from '../../domain/ports/layout.ts'
import type { CgroupPort } from '../../domain/ports/process-ports.ts'
import type { BundlePort } from '../../domain/ports/storage-ports.ts'
import type { MountingCalls } from '../layers/rootfs-port.ts'
import { createCallThread } from '../threads/call-thread.ts'

export interface HostCalls {
  readonly bundle: BundlePort
  readonly cgroup: CgroupPort
  readonly mounting: MountingCalls
  readonly lost: () => number
  readonly close: () => void
}

export interface HostCallOptions {
  readonly layout: Layout
  /** Told what a container gets less than it asked for. */
  readonly warn: (id: string, warnings: ReadonlyArray<string>) => void
}

/** No call of these ports may take longer (ms); the runner has shorter deadlines for most. */
const deadlineMs = 120_000

interface Warning {
  readonly id: string
  readonly texts: ReadonlyArray<string>
}

export const startHostCalls = ({ layout, warn }: HostCallOptions): HostCalls => {
  const thread = createCallThread({
    name: 'host-calls',
    base: import.meta.url,
    workerData: { layout },
    deadlineMs,
    onTold: (news) => {
      const { id, texts } = news as Warning
      warn(id, texts)
    },
  })
  const done =
    (method: string) =>
    (argument: unknown): Answer<void> =>
      pipe(
        thread.call(method, argument),
        TE.map(() => undefined),
      )
  return {
    bundle: {
      createDirectory: done('createDirectory'),
      removeDirectory: done('removeDirectory'),
      writeBundle: done('writeBundle'),
    },
    mounting: { createWritable: done('createWritable'), mount: done('mount') },
    cgroup: {
      freeze: done('freeze'),
      thaw: done('thaw'),
      isFrozen: (ref) =>
        pipe(
          thread.call('isFrozen', ref),
          TE.map((frozen) => frozen === true),
        ),
      setLimits: done('setLimits'),
      killAll: done('killAll'),
      remove: done('remove'),
    },
    lost: thread.lost,
    close: thread.close,
  }
}
