/** The watch port: news that hurries observation; it may repeat and lag. */
import assert from 'node:assert/strict'
import type { ExecId } from '../../domain/identity.ts'
import type { HostNotice } from '../../domain/ports/process-ports.ts'
import { execExitOf, execRequest, exitOf, removed, started, type Launch } from './container-life.ts'
import {
  deaf,
  exits,
  until,
  valueOf,
  type Contract,
  type HostUnderContract,
} from './host-under-contract.ts'

const listen = (host: HostUnderContract): ReadonlyArray<HostNotice> => {
  const heard: Array<HostNotice> = []
  host.ports.watch.onNotice((notice) => void heard.push(notice))
  return heard
}

const launches = (heard: ReadonlyArray<HostNotice>, { box }: Launch) =>
  heard.filter((n) => n._tag === 'LaunchChanged' && n.id === box.id && n.attempt === 1).length

const ofExec = (heard: ReadonlyArray<HostNotice>, exec: ExecId): number =>
  heard.filter((n) => n._tag === 'ExecChanged' && n.exec === exec).length

const news: Contract = (test) => {
  test('the end of a watched container is news, also one before the watch', async (host) => {
    const { watch, process } = host.ports
    const heard = listen(host)
    const launch = await started(host, deaf)
    const { box, init, monitor } = launch
    watch.watch(box.ref, [init, monitor])
    await host.pass(60)
    const before = launches(heard, launch)
    await valueOf(host, process.signal(init, 9))
    const told = async () => launches(heard, launch) > before || undefined
    await until(host, 'news of the end', told)
    await exitOf(host, box)
    await host.pass(60)
    watch.unwatch(box.id)
    const ended = launches(heard, launch)
    // One notice may get lost: then one watches again.
    await until(host, 'news of what was before', async () => {
      watch.watch(box.ref, [init, monitor])
      await host.pass(60)
      return launches(heard, launch) > ended || undefined
    })
    watch.unwatch(box.id)
    await removed(host, box)
  })

  test('the end of a watched exec is news of that exec', async (host) => {
    const { watch, monitor } = host.ports
    const heard = listen(host)
    const { box } = await started(host, deaf)
    const request = execRequest(host, box, exits(0, 100))
    const launched = await valueOf(host, monitor.exec(request))
    watch.watchExec(box.ref, request.exec, [launched.init, launched.monitor])
    const told = async () => ofExec(heard, request.exec) > 0 || undefined
    await until(host, 'news of the exec', told)
    await execExitOf(host, request)
    watch.unwatch(box.id)
    await removed(host, box)
  })
}

const silence: Contract = (test) => {
  test('who watches a container alone hears nothing of its execs', async (host) => {
    const { watch, monitor } = host.ports
    const heard = listen(host)
    const { box, ...launched } = await started(host, deaf)
    watch.watch(box.ref, [launched.init, launched.monitor])
    const request = execRequest(host, box, exits(0))
    await valueOf(host, monitor.exec(request))
    await execExitOf(host, request)
    await host.pass(60)
    assert.equal(ofExec(heard, request.exec), 0)
    watch.unwatch(box.id)
    await removed(host, box)
  })

  test('nobody hears of what is not watched, or not any more', async (host) => {
    const { watch, process } = host.ports
    const heard = listen(host)
    const [never, noMore] = [await started(host, deaf), await started(host, deaf)]
    watch.watch(noMore.box.ref, [noMore.init, noMore.monitor])
    await host.pass(60)
    watch.unwatch(noMore.box.id)
    const before = launches(heard, noMore)
    for (const { box, init } of [never, noMore]) {
      await valueOf(host, process.signal(init, 9))
      await exitOf(host, box)
    }
    await host.pass(60)
    assert.equal(launches(heard, never), 0)
    assert.equal(launches(heard, noMore), before)
    for (const { box } of [never, noMore]) await removed(host, box)
  })
}

export const watchContract: Contract = (test) => {
  news(test)
  silence(test)
}
