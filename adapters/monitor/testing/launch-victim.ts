/** For tests: a process that launches containers until it is killed, by a JSON plan in argv. */
import { stdin, stdout } from 'node:process'
import * as t from 'io-ts'
import { containerId, execId } from '../../../domain/identity.ts'
import { openFixture } from './container-fixture.ts'

const Plan = t.type({
  layout: t.type({ root: t.string, state: t.string }),
  cgroupParent: t.string,
  refs: t.array(
    t.type({ id: t.string, runtime: t.string, attempt: t.number, cgroupPath: t.string }),
  ),
})

const plan: unknown = JSON.parse(process.argv[2] ?? 'null')
if (!Plan.is(plan)) throw new Error('launch-victim: no plan')

const ports = await openFixture(plan.layout, plan.cgroupParent)
stdout.write('ready\n')
await new Promise((resolve) => stdin.once('data', resolve))
await Promise.all(
  plan.refs.map(async (given) => {
    const ref = { ...given, id: containerId(given.id) }
    await ports.monitor.launch({ ref, terminal: false, openStdin: true, name: 'victim' })()
    await ports.runtime.start(ref)()
    const process = { args: ['sleep', '1000'], env: [], user: '', workingDir: '' }
    const request = { ...process, terminal: false, openStdin: false }
    await ports.monitor.exec({ ref, exec: execId('victim'), process: request })()
  }),
)
stdout.write('done\n')
