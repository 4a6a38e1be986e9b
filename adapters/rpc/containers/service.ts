/** containers.ContainerService: which handler serves which call. */
import type { Front } from '../front.ts'
import { serverStream, unary, type UnaryWork } from '../server/handlers.ts'
import { refusing, refusingStream } from '../server/not-supported.ts'
import { ContainerServiceService, type ContainerServiceServer } from '../wire/containers_server.ts'
import { create } from './create.ts'
import { deleteContainer } from './delete.ts'
import { events } from './events.ts'
import { exec } from './exec.ts'
import { inspect } from './inspect.ts'
import { kill } from './kill.ts'
import { encodeListResponse } from './list-codec.ts'
import { list } from './list.ts'
import { logs } from './logs.ts'
import { pause, resume } from './pause.ts'
import { rename } from './rename.ts'
import { resize } from './resize.ts'
import { restart } from './restart.ts'
import { start } from './start.ts'
import { stop } from './stop.ts'
import { info, version } from './version.ts'
import { wait } from './wait.ts'

export const containerServiceDefinition = {
  ...ContainerServiceService,
  list: { ...ContainerServiceService.list, responseSerialize: encodeListResponse },
}

export const containerService = (front: Front): ContainerServiceServer => {
  const one = <Q, R>(work: UnaryWork<Q, R>) => unary(front, work)
  return {
    create: one(create(front)),
    start: one(start(front)),
    stop: one(stop(front)),
    restart: one(restart(front)),
    kill: one(kill(front)),
    delete: one(deleteContainer(front)),
    pause: one(pause(front)),
    resume: one(resume(front)),
    rename: one(rename(front)),
    resize: one(resize(front)),
    inspect: one(inspect(front)),
    list: one(list(front)),
    wait: one(wait(front)),
    exec: one(exec(front)),
    version: one(version(front)),
    info: one(info(front)),
    events: serverStream(front, events(front)),
    logs: serverStream(front, logs(front)),
    top: one(refusing('top', { titles: Buffer.alloc(0), processes: [] })),
    stats: one(refusing('stats', { containers: [] })),
    update: one(refusing('update', { id: '' })),
    export: one(refusing('export', { id: '' })),
    attach: refusingStream('attach'),
    remoteStart: refusingStream('remote start'),
    remoteExec: refusingStream('remote exec'),
    copyFromContainer: refusingStream('cp'),
    copyToContainer: refusingStream('cp'),
  }
}
