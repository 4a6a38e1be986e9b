/** The runtime port: start, status and removal of what a launch has made. */
import assert from 'node:assert/strict'
import { created, exitOf, newBox, removed, seen, started } from './container-life.ts'
import { deaf, exits, said, until, valueOf, type Contract } from './host-under-contract.ts'

export const runtimeContract: Contract = (test) => {
  test('the status follows a life from absent to absent', async (host) => {
    const { runtime, cgroup } = host.ports
    const nothing = await newBox(host, deaf)
    assert.equal(await valueOf(host, runtime.status(nothing.ref)), 'absent')
    const { box, init } = await created(host, deaf)
    const statuses = [await valueOf(host, runtime.status(box.ref))]
    const next = async (): Promise<void> =>
      void statuses.push(await valueOf(host, runtime.status(box.ref)))
    await valueOf(host, runtime.start(box.ref))
    await host.begun(init)
    await next()
    await valueOf(host, cgroup.freeze(box.ref))
    await next()
    await valueOf(host, cgroup.thaw(box.ref))
    await next()
    await valueOf(host, cgroup.killAll(box.ref))
    await exitOf(host, box)
    await next()
    await valueOf(host, runtime.remove(box.ref))
    await next()
    assert.deepEqual(statuses, ['created', 'running', 'paused', 'running', 'stopped', 'absent'])
    await removed(host, box)
  })

  test('a start that finds the container running may have been its own', async (host) => {
    const { runtime, cgroup } = host.ports
    const { box } = await started(host, deaf)
    assert.equal(await said(host, runtime.start(box.ref)), 'Indeterminate')
    await valueOf(host, cgroup.freeze(box.ref))
    assert.equal(await said(host, runtime.start(box.ref)), 'Indeterminate')
    await valueOf(host, cgroup.thaw(box.ref))
    await removed(host, box)
  })

  test('what is absent or stopped is not started', async (host) => {
    const { runtime, process } = host.ports
    const nothing = await newBox(host, deaf)
    assert.equal(await said(host, runtime.start(nothing.ref)), 'ERUNTIME')
    const ended = await started(host, exits(0))
    await exitOf(host, ended.box)
    assert.equal(await said(host, runtime.start(ended.box.ref)), 'ERUNTIME')
    const killed = await created(host, deaf)
    await valueOf(host, process.signal(killed.init, 9))
    assert.equal((await exitOf(host, killed.box)).code, 137)
    assert.equal(await said(host, runtime.start(killed.box.ref)), 'ERUNTIME')
    for (const { box } of [ended, killed]) await removed(host, box)
  })

  test('a removal kills what runs; the exit record stays, the cgroup can go', async (host) => {
    const { runtime, cgroup, observe } = host.ports
    const [running, frozen] = [await started(host, deaf), await started(host, deaf)]
    await valueOf(host, cgroup.freeze(frozen.box.ref))
    for (const { box } of [running, frozen]) {
      await valueOf(host, runtime.remove(box.ref))
      assert.equal((await exitOf(host, box)).code, 137)
      const ended = async () => (await seen(host, box)).init?.alive === false || undefined
      await until(host, 'the end of the init', ended)
      const { containers } = await valueOf(host, observe.observe())
      assert.equal(containers[box.id]?.runtime, 'absent')
      assert.equal(containers[box.id]?.processes, 0)
      // Most often the runtime has removed it.
      assert.equal(await said(host, cgroup.remove(box.ref)), 'applied')
      assert.equal(await said(host, runtime.remove(box.ref)), 'applied')
      await removed(host, box)
    }
  })
}
