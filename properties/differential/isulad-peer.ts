/** Our engine, on a root of its own. */
import { loadBusybox } from '../harness/busybox.ts'
import { TestDaemon } from '../harness/daemon.ts'
import type { Peer } from './peer.ts'

export const startIsulad = async (): Promise<Peer> => {
  const daemon = new TestDaemon()
  await daemon.start()
  await loadBusybox(daemon)
  return {
    name: 'isulad',
    showsConfig: true,
    directory: daemon.directory,
    image: 'busybox',
    status: (status) => (status === 'created' ? 'inited' : status),
    run: (args) => daemon.isula(args, { ms: 40_000 }),
    dispose: () => daemon.dispose(),
  }
}
