/** The monitor port: launches, their probe, and the truth about exits. */
import assert from 'node:assert/strict'
import {
  created,
  exitOf,
  mounted,
  newBox,
  prepared,
  removed,
  seen,
  started,
  terminated,
  type Box,
} from './container-life.ts'
import {
  deaf,
  exits,
  forever,
  noSuchCommand,
  outOfMemory,
  said,
  until,
  valueOf,
  type AddCase,
  type Contract,
  type HostUnderContract,
} from './host-under-contract.ts'

const nothing = { oomKilled: false }

/** A refused launch left nothing that a later one would trip over. */
const leftNothing = async (host: HostUnderContract, box: Box): Promise<void> => {
  assert.deepEqual(await seen(host, box), nothing)
  assert.equal(await valueOf(host, host.ports.runtime.status(box.ref)), 'absent')
  const { containers } = await valueOf(host, host.ports.observe.observe())
  assert.equal(containers[box.id]?.cgroup ?? false, false)
}

const launches: Contract = (test) => {
  test('a launch makes init and monitor, and its probe names the same two', async (host) => {
    const { monitor } = host.ports
    assert.deepEqual(await seen(host, await newBox(host, deaf)), nothing)
    const launch = await created(host, deaf)
    assert.deepEqual(await seen(host, launch.box), {
      init: { identity: launch.init, alive: true },
      monitor: { identity: launch.monitor, alive: true },
      oomKilled: false,
    })
    assert.equal(await said(host, monitor.launch(launch.box.launch)), 'EEXIST')
    assert.equal((await seen(host, launch.box)).init?.alive, true)
    await removed(host, launch.box)
  })

  test('no attempt is launched over the runtime object of another one', async (host) => {
    const { monitor, bundle } = host.ports
    const { box } = await created(host, deaf)
    const ref = { ...box.ref, attempt: 2 }
    await valueOf(host, bundle.writeBundle({ ...box.bundle, ref }))
    assert.equal(await said(host, monitor.launch({ ...box.launch, ref })), 'EEXIST')
    assert.equal((await seen(host, box)).init?.alive, true)
    await valueOf(host, monitor.clear(ref))
    assert.equal((await seen(host, box)).init?.alive, true)
    await removed(host, box)
  })

  test('a launch of what is missing or half there is refused and undone', async (host) => {
    const { monitor, rootfs } = host.ports
    const absent = await newBox(host, deaf)
    assert.equal(await said(host, monitor.launch(absent.launch)), 'EMONITOR')
    await leftNothing(host, absent)
    const unbundled = await mounted(host, deaf)
    assert.equal(await said(host, monitor.launch(unbundled.launch)), 'ERUNTIME')
    await leftNothing(host, unbundled)
    const unmounted = await prepared(host, deaf)
    await valueOf(host, rootfs.unmount(unmounted.id))
    assert.equal(await said(host, monitor.launch(unmounted.launch)), 'ERUNTIME')
    await leftNothing(host, unmounted)
    await valueOf(host, rootfs.mount(unmounted.mount))
    assert.equal(await said(host, monitor.launch(unmounted.launch)), 'applied')
    for (const box of [absent, unbundled, unmounted]) await removed(host, box)
  })

  test('a command that the image does not have is refused at the launch', async (host) => {
    const box = await prepared(host, noSuchCommand)
    for (const _ of [1, 2]) {
      assert.equal(await said(host, host.ports.monitor.launch(box.launch)), 'ERUNTIME')
      await leftNothing(host, box)
    }
    await removed(host, box)
  })
}

const exitTruth: Contract = (test) => {
  test('the exit record holds the code, or 128 and the signal', async (host) => {
    const [code, heard, killed] = [
      await started(host, exits(7, 30)),
      await started(host, forever),
      await started(host, deaf),
    ]
    assert.equal((await exitOf(host, code.box)).code, 7)
    assert.equal((await terminated(host, heard)).code, 143)
    assert.equal(await said(host, host.ports.process.signal(killed.init, 15)), 'applied')
    await host.pass(60)
    assert.equal((await seen(host, killed.box)).exit, undefined)
    await valueOf(host, host.ports.process.signal(killed.init, 9))
    assert.equal((await exitOf(host, killed.box)).code, 137)
    for (const { box } of [code, heard, killed]) {
      const { exit, init, oomKilled } = await seen(host, box)
      assert.equal(init?.alive, false)
      assert.equal(oomKilled, false)
      assert.ok(Math.abs((exit?.wallMs ?? 0) - host.ports.clock.now().wallMs) < 20_000)
      await removed(host, box)
    }
  })

  test('an end by the OOM killer is told from other kills', async (host) => {
    const { box } = await started(host, outOfMemory)
    assert.equal((await exitOf(host, box)).code, 137)
    assert.equal((await seen(host, box)).oomKilled, true)
    await removed(host, box)
  })

  test('the monitor ends after its exit record', async (host) => {
    const { box } = await started(host, exits(0))
    await exitOf(host, box)
    const ended = async () => (await seen(host, box)).monitor?.alive === false || undefined
    await until(host, 'the end of the monitor', ended)
    assert.equal((await seen(host, box)).exit?.code, 0)
    await removed(host, box)
  })

  test('without its monitor a container lives on, its exit is not recorded', async (host) => {
    const { process, monitor } = host.ports
    const launch = await started(host, deaf)
    await valueOf(host, process.signal(launch.monitor, 9))
    const lost = async () => (await seen(host, launch.box)).monitor?.alive === false || undefined
    await until(host, 'the end of the monitor', lost)
    assert.equal((await seen(host, launch.box)).init?.alive, true)
    await valueOf(host, process.signal(launch.init, 9))
    const dead = async () => (await seen(host, launch.box)).init?.alive === false || undefined
    await until(host, 'the end of the init', dead)
    await host.pass(60)
    assert.equal((await seen(host, launch.box)).exit, undefined)
    await valueOf(host, monitor.clear(launch.box.ref))
    await removed(host, launch.box)
  })
}

const clearing = (test: AddCase): void => {
  test('a clear ends the monitor with all below it, and forgets the incarnation', async (host) => {
    const { process, monitor, observe } = host.ports
    const { box, init } = await started(host, deaf)
    for (const _ of [1, 2]) assert.equal(await said(host, monitor.clear(box.ref)), 'applied')
    const ended = async () => !(await valueOf(host, process.isAlive(init))) || undefined
    await until(host, 'the end of the init', ended)
    assert.deepEqual(await seen(host, box), nothing)
    const { containers } = await valueOf(host, observe.observe())
    assert.deepEqual(containers[box.id]?.incarnations, [])
    await removed(host, box)
  })

  test('a clear spares an init whose monitor had gone before', async (host) => {
    const { process, monitor } = host.ports
    const launch = await started(host, deaf)
    await valueOf(host, process.signal(launch.monitor, 9))
    const lost = async () => (await seen(host, launch.box)).monitor?.alive === false || undefined
    await until(host, 'the end of the monitor', lost)
    await valueOf(host, monitor.clear(launch.box.ref))
    assert.equal(await valueOf(host, process.isAlive(launch.init)), true)
    assert.deepEqual(await seen(host, launch.box), nothing)
    await removed(host, launch.box)
  })
}

export const monitorContract: Contract = (test) => {
  launches(test)
  exitTruth(test)
  clearing(test)
}
