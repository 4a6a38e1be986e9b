/** What a real host answers when it is made to refuse is what the effect table says. */
// deadline: 60s
import assert from 'node:assert/strict'
import { effectTable } from '../../domain/ports/effects.ts'
import { runEffect } from '../../journal/runner/interpreter.ts'
import { suite } from '../testing/suite.ts'
import { started } from './container-life.ts'
import { deaf, said } from './host-under-contract.ts'
import { ownFileSystem } from './obstacles.ts'
import type { Scene } from './provocation.ts'
import { provocations } from './provocations.ts'
import { realHost } from './real-host.ts'

const test = suite('errno catalogue')
const requirements = [
  'root',
  'program:conmon',
  'program:busybox',
  'program:crun',
  'program:chattr',
] as const

const setScene = async (): Promise<Scene> => {
  const host = await realHost('crun')
  for (const directory of [host.layout.root, host.layout.state]) ownFileSystem(directory)
  // Threads and libraries are there before anything runs out.
  await said(host, host.ports.layer.unpack(host.layerRequest('whole')))
  return { host, running: await started(host, deaf) }
}

let scene: Promise<Scene> | undefined
test.after(async () => (await scene)?.host.dispose())

for (const { effect: tag, errno, arrange } of provocations)
  test.needs(requirements, `${tag} answers ${errno}, and its row says so`, async () => {
    const { host } = await (scene ??= setScene())
    const { effect, undo } = await arrange(await scene)
    assert.equal(effect._tag, tag)
    try {
      assert.equal(await said(host, runEffect(host.ports, effect)), errno)
    } finally {
      undo?.()
    }
    assert.ok(effectTable[tag].errnos.includes(errno), `${errno} is not in the row of ${tag}`)
  })

test.run()
