/** The thread that waits on one epoll descriptor and posts which tokens are ready. */
import { parentPort, workerData } from 'node:worker_threads'
import * as t from 'io-ts'
import { waitReady } from './epoll.ts'

const Start = t.strict({ epoll: t.number, wakeToken: t.number })

const run = (): void => {
  const start = Start.decode(workerData)
  if (start._tag === 'Left' || parentPort === null) throw new Error('started without its epoll fd')
  const { epoll, wakeToken } = start.right
  for (;;) {
    const ready = waitReady(epoll, -1)
    if (!ready.ok) throw new Error(`epoll_wait: ${ready.errno}`)
    if (ready.value.some((event) => event.token === wakeToken)) return
    if (ready.value.length > 0) parentPort.postMessage(ready.value)
  }
}

run()
