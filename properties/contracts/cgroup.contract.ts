/** The cgroup port: freezing, killing and removing all of a container at once. */
import assert from 'node:assert/strict'
import { execRequest, exitOf, newBox, removed, started } from './container-life.ts'
import { deaf, forever, said, until, valueOf, type Contract } from './host-under-contract.ts'

const absent: Contract = (test) => {
  test('an absent cgroup can be killed and removed, not frozen or thawed', async (host) => {
    const { cgroup } = host.ports
    const { ref } = await newBox(host, deaf)
    assert.equal(await said(host, cgroup.freeze(ref)), 'ENOENT')
    assert.equal(await said(host, cgroup.thaw(ref)), 'ENOENT')
    assert.equal(await valueOf(host, cgroup.isFrozen(ref)), false)
    assert.equal(await said(host, cgroup.killAll(ref)), 'applied')
    assert.equal(await said(host, cgroup.remove(ref)), 'applied')
  })

  test("nothing is done in a cgroup that is not the container's own", async (host) => {
    const { cgroup } = host.ports
    const { ref } = await newBox(host, deaf)
    const parent = ref.cgroupPath.slice(0, ref.cgroupPath.lastIndexOf('/'))
    for (const cgroupPath of ['', '/', parent, `${parent}/other`, `${parent}/../${ref.id}`])
      for (const call of [cgroup.freeze, cgroup.thaw, cgroup.killAll, cgroup.remove])
        assert.equal(await said(host, call({ ...ref, cgroupPath })), 'EINVAL', cgroupPath)
  })
}

export const cgroupContract: Contract = (test) => {
  absent(test)

  test('freezing and thawing are idempotent; a kill waits for the thaw', async (host) => {
    const { cgroup, process } = host.ports
    const { box, init } = await started(host, deaf)
    for (const _ of [1, 2]) assert.equal(await said(host, cgroup.freeze(box.ref)), 'applied')
    assert.equal(await valueOf(host, cgroup.isFrozen(box.ref)), true)
    assert.equal(await said(host, process.signal(init, 9)), 'applied')
    for (const _ of [1, 2]) assert.equal(await said(host, cgroup.thaw(box.ref)), 'applied')
    assert.equal(await valueOf(host, cgroup.isFrozen(box.ref)), false)
    assert.equal((await exitOf(host, box)).code, 137)
    await removed(host, box)
  })

  test('killing all reaches the frozen, init and execs, and thaws them', async (host) => {
    const { cgroup, monitor, process } = host.ports
    const { box, init } = await started(host, deaf)
    const { init: exec } = await valueOf(host, monitor.exec(execRequest(host, box, forever)))
    await valueOf(host, cgroup.freeze(box.ref))
    for (const _ of [1, 2]) assert.equal(await said(host, cgroup.killAll(box.ref)), 'applied')
    for (const each of [init, exec]) {
      const ended = async () => !(await valueOf(host, process.isAlive(each))) || undefined
      await until(host, 'its end', ended)
    }
    assert.equal(await valueOf(host, cgroup.isFrozen(box.ref)), false)
    assert.equal((await exitOf(host, box)).code, 137)
    await removed(host, box)
  })

  test('a cgroup is removed when its processes have ended, not before', async (host) => {
    const { cgroup, observe } = host.ports
    const { box } = await started(host, deaf)
    assert.equal(await said(host, cgroup.remove(box.ref)), 'EBUSY')
    await valueOf(host, cgroup.killAll(box.ref))
    await exitOf(host, box)
    for (const _ of [1, 2]) assert.equal(await said(host, cgroup.remove(box.ref)), 'applied')
    const { containers } = await valueOf(host, observe.observe())
    assert.equal(containers[box.id]?.cgroup, false)
    await removed(host, box)
  })
}
