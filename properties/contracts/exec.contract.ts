/** The exec half of the monitor port: one more process in a container. */
import assert from 'node:assert/strict'
import {
  created,
  execExitOf,
  execRequest,
  exitOf,
  newBox,
  removed,
  seen,
  seenExec,
  started,
} from './container-life.ts'
import {
  deaf,
  exits,
  forever,
  noSuchCommand,
  said,
  until,
  valueOf,
  type Contract,
} from './host-under-contract.ts'

const nothing = { oomKilled: false }

const endings: Contract = (test) => {
  test('an exec happens at most once, and its exit record holds its code', async (host) => {
    const { monitor } = host.ports
    const { box } = await started(host, deaf)
    for (const [code, afterMs] of [
      [0, 0],
      [5, 30],
    ] as const) {
      const request = execRequest(host, box, exits(code, afterMs))
      await valueOf(host, monitor.exec(request))
      assert.equal(await said(host, monitor.exec(request)), 'EEXIST')
      assert.equal((await execExitOf(host, request)).code, code)
      assert.equal(await said(host, monitor.exec(request)), 'EEXIST')
    }
    assert.equal((await seen(host, box)).exit, undefined)
    await removed(host, box)
  })

  test('a fatal signal ends an exec with 128 and its number, no other does', async (host) => {
    const { monitor, process } = host.ports
    const { box } = await started(host, deaf)
    for (const signal of [9, 15, 10]) {
      const request = execRequest(host, box, forever)
      const { init } = await valueOf(host, monitor.exec(request))
      for (const harmless of [17, 18, 28])
        assert.equal(await said(host, process.signal(init, harmless)), 'applied')
      await host.pass(5)
      assert.equal((await seenExec(host, request)).init?.alive, true)
      await valueOf(host, process.signal(init, signal))
      assert.equal((await execExitOf(host, request)).code, 128 + signal)
      await valueOf(host, monitor.clearExec(box.ref, request.exec))
    }
    await removed(host, box)
  })

  test('execs end with their container', async (host) => {
    const { monitor, cgroup, process } = host.ports
    const { box, init } = await started(host, deaf)
    const request = execRequest(host, box, forever)
    await valueOf(host, monitor.exec(request))
    await valueOf(host, process.signal(init, 9))
    assert.equal((await exitOf(host, box)).code, 137)
    assert.equal((await execExitOf(host, request)).code, 137)
    await valueOf(host, cgroup.killAll(box.ref))
    await removed(host, box)
  })

  test('a cleared exec is dead and forgotten, also without its monitor', async (host) => {
    const { monitor, process } = host.ports
    const { box } = await started(host, deaf)
    for (const losesMonitor of [false, true]) {
      const request = execRequest(host, box, forever)
      const launched = await valueOf(host, monitor.exec(request))
      if (losesMonitor) await valueOf(host, process.signal(launched.monitor, 9))
      for (const _ of [1, 2])
        assert.equal(await said(host, monitor.clearExec(box.ref, request.exec)), 'applied')
      assert.deepEqual(await seenExec(host, request), nothing)
      const ended = async () => !(await valueOf(host, process.isAlive(launched.init))) || undefined
      await until(host, 'the end of the exec', ended)
    }
    assert.equal((await seen(host, box)).init?.alive, true)
    await removed(host, box)
  })
}

const refusals: Contract = (test) => {
  test('an exec that cannot begin is refused and leaves nothing', async (host) => {
    const { monitor, cgroup } = host.ports
    const { box } = await started(host, deaf)
    const missing = execRequest(host, box, noSuchCommand)
    assert.equal(await said(host, monitor.exec(missing)), 'ERUNTIME')
    assert.deepEqual(await seenExec(host, missing), nothing)
    const stranger = execRequest(host, box, exits(0))
    const process = { ...stranger.process, user: 'nobody-of-that-name' }
    assert.equal(await said(host, monitor.exec({ ...stranger, process })), 'EUSER')
    assert.equal(await said(host, monitor.exec(stranger)), 'applied')
    const early = execRequest(host, box, exits(0))
    await valueOf(host, cgroup.freeze(box.ref))
    assert.equal(await said(host, monitor.exec(early)), 'ERUNTIME')
    assert.deepEqual(await seenExec(host, early), nothing)
    await valueOf(host, cgroup.thaw(box.ref))
    assert.equal(await said(host, monitor.exec(early)), 'applied')
    await removed(host, box)
  })

  test('an exec needs a container that is there and has not ended', async (host) => {
    const { monitor } = host.ports
    const absent = await newBox(host, deaf)
    assert.equal(await said(host, monitor.exec(execRequest(host, absent, exits(0)))), 'ENOENT')
    const waiting = await created(host, deaf)
    const early = execRequest(host, waiting.box, exits(3))
    await valueOf(host, monitor.exec(early))
    assert.equal((await execExitOf(host, early)).code, 3)
    const { box } = await started(host, exits(0))
    await exitOf(host, box)
    assert.equal(await said(host, monitor.exec(execRequest(host, box, exits(0)))), 'ERUNTIME')
    for (const each of [absent, waiting.box, box]) await removed(host, each)
  })
}

export const execContract: Contract = (test) => {
  endings(test)
  refusals(test)
}
