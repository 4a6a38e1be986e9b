/** The thread that mounts, writes bundles and works on cgroups: many small calls that may block. */
import { workerData } from 'node:worker_threads'
import type { Layout } from '../../domain/ports/layout.ts'
import { bundlePort } from '../bundle/bundle-port.ts'
import { makeCgroupPort } from '../cgroups/cgroup-port.ts'
import { detectCgroups } from '../cgroups/hierarchies.ts'
import { processPort } from '../kernel/process-port.ts'
import { mountingCalls } from '../layers/rootfs-port.ts'
import { serveCalls, tell } from '../threads/serve-calls.ts'

const { layout } = workerData as { readonly layout: Layout }

serveCalls({
  ...bundlePort({ layout, warn: (id, texts) => tell({ id, texts }) }),
  ...mountingCalls(layout),
  ...makeCgroupPort({ host: detectCgroups(), process: processPort }),
})
