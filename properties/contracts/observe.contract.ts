/** The observe port: the picture of one container after each step of its life. */
import assert from 'node:assert/strict'
import type { ContainerObservation } from '../../domain/ports/observation.ts'
import {
  execExitOf,
  execRequest,
  exitOf,
  newBox,
  removed,
  seen,
  type Box,
} from './container-life.ts'
import {
  deaf,
  exits,
  until,
  valueOf,
  type Contract,
  type HostUnderContract,
} from './host-under-contract.ts'

interface Picture extends Omit<ContainerObservation, 'incarnations'> {
  readonly inits: ReadonlyArray<string>
}

const bare: Picture = {
  runtime: 'absent',
  rootfsMounted: false,
  cgroup: false,
  frozen: false,
  processes: 0,
  directory: false,
  writableLayer: false,
  inits: [],
}

type Incarnation = ContainerObservation['incarnations'][number]

const sayInit = ({ init, exit, execs }: Incarnation): string => {
  const life = init === undefined ? 'none' : init.alive ? 'alive' : `dead ${exit?.code ?? '?'}`
  const codes = Object.values(execs).map((e) => ` exec ${e.exit?.code ?? '?'}`)
  return `${life}${codes.join('')}`
}

const pictureOf = async (host: HostUnderContract, { id }: Box): Promise<Picture | undefined> => {
  const { containers, strangers } = await valueOf(host, host.ports.observe.observe())
  assert.deepEqual(strangers, [])
  const seenNow = containers[id]
  if (seenNow === undefined) return undefined
  const { incarnations, ...rest } = seenNow
  return { ...rest, inits: incarnations.map(sayInit) }
}

const shows = async (host: HostUnderContract, box: Box, wanted: Partial<Picture>) =>
  assert.deepEqual(await pictureOf(host, box), { ...bare, ...wanted })

const made = { directory: true, writableLayer: true, rootfsMounted: true }
const processes = { ...made, cgroup: true, processes: 1, inits: ['alive'] }

/** Up to the running container, with a look after each step. */
const growing = async (host: HostUnderContract, box: Box): Promise<void> => {
  const { bundle, rootfs, monitor, runtime } = host.ports
  assert.equal(await pictureOf(host, box), undefined)
  await valueOf(host, bundle.createDirectory(box.bundle))
  await shows(host, box, { directory: true })
  await valueOf(host, rootfs.createWritable(box.id))
  await shows(host, box, { directory: true, writableLayer: true })
  await valueOf(host, rootfs.mount(box.mount))
  await shows(host, box, made)
  await valueOf(host, bundle.writeBundle(box.bundle))
  await shows(host, box, { ...made, inits: ['none'] })
  const { init } = await valueOf(host, monitor.launch(box.launch))
  await shows(host, box, { ...processes, runtime: 'created' })
  await valueOf(host, runtime.start(box.ref))
  await host.begun(init)
  await shows(host, box, { ...processes, runtime: 'running' })
}

/** From the running container to nothing. */
const ending = async (host: HostUnderContract, box: Box): Promise<void> => {
  const { bundle, rootfs, monitor, runtime, cgroup } = host.ports
  await valueOf(host, cgroup.killAll(box.ref))
  await exitOf(host, box)
  const ended = async () => (await seen(host, box)).monitor?.alive === false || undefined
  await until(host, 'the end of the monitor', ended)
  const dead = { ...made, inits: ['dead 137'] }
  await shows(host, box, { ...dead, cgroup: true, runtime: 'stopped' })
  await valueOf(host, runtime.remove(box.ref))
  await valueOf(host, cgroup.remove(box.ref))
  await shows(host, box, dead)
  await valueOf(host, monitor.clear(box.ref))
  await shows(host, box, made)
  await valueOf(host, rootfs.unmount(box.id))
  await shows(host, box, { directory: true, writableLayer: true })
  await valueOf(host, rootfs.removeWritable(box.id))
  await shows(host, box, { directory: true })
  await valueOf(host, bundle.removeDirectory(box.ref))
  assert.equal(await pictureOf(host, box), undefined)
}

export const observeContract: Contract = (test) => {
  test('each step of a life shows in the picture, and nothing else does', async (host) => {
    const { monitor, cgroup } = host.ports
    const box = await newBox(host, deaf)
    await growing(host, box)
    await valueOf(host, cgroup.freeze(box.ref))
    await shows(host, box, { ...processes, runtime: 'paused', frozen: true })
    await valueOf(host, cgroup.thaw(box.ref))
    const exec = execRequest(host, box, exits(4, 10))
    await valueOf(host, monitor.exec(exec))
    await execExitOf(host, exec)
    await shows(host, box, { ...processes, runtime: 'running', inits: ['alive exec 4'] })
    await valueOf(host, monitor.clearExec(box.ref, exec.exec))
    await shows(host, box, { ...processes, runtime: 'running' })
    await ending(host, box)
  })

  test('the picture tells boot and time of the host’s own clock', async (host) => {
    const before = host.ports.clock.now()
    const { boot, wallMs } = await valueOf(host, host.ports.observe.observe())
    const after = host.ports.clock.now()
    assert.equal(boot, before.boot)
    assert.ok(Math.floor(before.wallMs) <= wallMs && wallMs <= Math.ceil(after.wallMs))
  })

  test('two incarnations of one container are told apart', async (host) => {
    const { monitor, runtime, bundle, cgroup } = host.ports
    const box = await newBox(host, deaf)
    await growing(host, box)
    await valueOf(host, cgroup.killAll(box.ref))
    await exitOf(host, box)
    await valueOf(host, runtime.remove(box.ref))
    const ref = { ...box.ref, attempt: 2 }
    await valueOf(host, bundle.writeBundle({ ...box.bundle, ref }))
    await valueOf(host, monitor.launch({ ...box.launch, ref }))
    await shows(host, box, { ...processes, runtime: 'created', inits: ['dead 137', 'alive'] })
    await valueOf(host, cgroup.killAll(ref))
    await valueOf(host, monitor.clear(ref))
    await removed(host, box)
  })
}
