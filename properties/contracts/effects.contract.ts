/** The effect table holds on a host: what may be repeated blindly, and what may not. */
import assert from 'node:assert/strict'
import { liveLimits } from '../../domain/container/limits.ts'
import { volumeName } from '../../domain/identity.ts'
import { effectTable, type Effect } from '../../domain/ports/effects.ts'
import { runEffect } from '../../journal/runner/interpreter.ts'
import { execRequest, newBox, seen, seenExec, type Box } from './container-life.ts'
import {
  deaf,
  forever,
  said,
  valueOf,
  type Contract,
  type HostUnderContract,
} from './host-under-contract.ts'

/** Runs effects in order, those that may be repeated twice; keeps which ones it has seen. */
const runner = (host: HostUnderContract) => {
  const repeated = new Set<Effect['_tag']>()
  return {
    repeated,
    twice: async (...effects: ReadonlyArray<Effect>): Promise<void> => {
      for (const effect of effects) {
        repeated.add(effect._tag)
        for (const turn of ['first', 'again']) {
          const answer = await said(host, runEffect(host.ports, effect))
          assert.equal(answer, 'applied', `${effect._tag} ${turn}`)
        }
      }
    },
    once: async (effect: Effect, again: string): Promise<void> => {
      assert.equal(await said(host, runEffect(host.ports, effect)), 'applied', effect._tag)
      assert.equal(await said(host, runEffect(host.ports, effect)), again, effect._tag)
    },
  }
}

const idempotent = new Set(
  Object.entries(effectTable).flatMap(([tag, row]) => (row.class === 'idempotent' ? [tag] : [])),
)

const unmakes = ({ ref, id }: Box): ReadonlyArray<Effect> => [
  { _tag: 'KillCgroup', ref },
  { _tag: 'RemoveRuntimeContainer', ref },
  { _tag: 'ClearMonitor', ref },
  { _tag: 'RemoveCgroup', ref },
  { _tag: 'UnmountRootfs', id },
  { _tag: 'RemoveWritableLayer', id },
  { _tag: 'RemoveContainerDirectory', ref },
]

const makes = (box: Box): ReadonlyArray<Effect> => [
  { _tag: 'CreateContainerDirectory', request: box.bundle },
  { _tag: 'CreateWritableLayer', id: box.id },
  { _tag: 'MountRootfs', request: box.mount },
  { _tag: 'WriteBundle', request: box.bundle },
]

export const effectsContract: Contract = (test) => {
  test('in one life the idempotent effects are applied twice, the others once', async (host) => {
    const { repeated, twice, once } = runner(host)
    const layer = host.layerRequest('whole')
    const box = await newBox(host, deaf)
    const { ref } = box
    const limits = { ...liveLimits(box.bundle.host), CPUShares: 512 }
    await twice({ _tag: 'UnpackLayer', request: layer }, ...makes(box))
    await once({ _tag: 'LaunchProcess', request: box.launch }, 'EEXIST')
    await once({ _tag: 'StartProcess', ref }, 'Indeterminate')
    const { init } = await seen(host, box)
    assert.ok(init !== undefined)
    await host.begun(init.identity)
    const request = execRequest(host, box, forever)
    await once({ _tag: 'ExecProcess', request }, 'EEXIST')
    const exec = (await seenExec(host, request)).init
    assert.ok(exec !== undefined)
    await twice({ _tag: 'FreezeCgroup', ref }, { _tag: 'ThawCgroup', ref })
    await twice({ _tag: 'UpdateCgroup', request: { ref, limits, previous: limits } })
    const process = exec.identity
    assert.equal(
      await said(host, runEffect(host.ports, { _tag: 'SignalProcess', process, signal: 15 })),
      'applied',
    )
    await twice({ _tag: 'ClearExec', ref, exec: request.exec })
    await twice({ _tag: 'KillProcess', process: init.identity })
    const volume = volumeName('twice')
    const fill = { layers: [layer.layer], path: '/' }
    await twice({ _tag: 'CreateVolume', request: { volume, fill } })
    await twice({ _tag: 'RemoveVolume', volume })
    await twice(...unmakes(box), { _tag: 'RemoveLayer', layer: layer.layer })
    assert.deepEqual([...repeated].sort(), [...idempotent].sort())
    const { containers, strangers } = await valueOf(host, host.ports.observe.observe())
    assert.equal(containers[box.id], undefined)
    assert.deepEqual(strangers, [])
  })

  test('taking away what never was is applied', async (host) => {
    const { twice } = runner(host)
    const box = await newBox(host, deaf)
    const { exec } = execRequest(host, box, forever)
    const { layer } = host.layerRequest('whole')
    await twice(
      { _tag: 'ThawCgroup', ref: box.ref },
      { _tag: 'ClearExec', ref: box.ref, exec },
      ...unmakes(box),
      { _tag: 'RemoveLayer', layer },
      { _tag: 'RemoveVolume', volume: volumeName('never') },
    )
    const { containers } = await valueOf(host, host.ports.observe.observe())
    assert.equal(containers[box.id], undefined)
  })
}
