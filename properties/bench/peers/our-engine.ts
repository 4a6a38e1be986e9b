/** Our engine with one runtime, on a root of its own. */
import { loadBusybox } from '../../harness/busybox.ts'
import { TestDaemon } from '../../harness/daemon.ts'
import { clientEngine } from './client-engine.ts'
import type { Engine } from './engine.ts'

export const startOurs = async (runtime: 'crun' | 'runc'): Promise<Engine> => {
  const flags = ['--default-runtime', runtime]
  const daemon = new TestDaemon({ flags })
  await daemon.start()
  await loadBusybox(daemon)
  return clientEngine({
    name: `isulad, ${runtime}`,
    version: (await daemon.ok('--version')).trim(),
    directory: daemon.directory,
    image: 'busybox',
    flags: [],
    removal: ['rm', '-f'],
    run: (args) => daemon.isula(args),
    restart: async () => {
      await daemon.kill9()
      const begin = performance.now()
      await daemon.start()
      await daemon.ok('ps')
      return performance.now() - begin
    },
    dispose: () => daemon.dispose(),
  })
}
