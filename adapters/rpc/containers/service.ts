/** containers.ContainerService: which handler serves which call. */
import type { Front } from '../front.ts'
import { duplex } from '../server/duplex.ts'
import { serverStream, unary, type UnaryWork } from '../server/handlers.ts'
import { ContainerServiceService, type ContainerServiceServer } from '../wire/containers_server.ts'
import { attach } from './attach.ts'
import { copyFrom } from './copy-from.ts'
import { copyTo } from './copy-to.ts'
import { create } from './create.ts'
import { deleteContainer } from './delete.ts'
import { events } from './events.ts'
import { exec } from './exec.ts'
import { exportContainer } from './export.ts'
import { inspect } from './inspect.ts'
import { kill } from './kill.ts'
import { encodeListResponse } from './list-codec.ts'
import { list } from './list.ts'
import { logs } from './logs.ts'
import { pause, resume } from './pause.ts'
import { remoteExec } from './remote-exec.ts'
import { remoteStart } from './remote-start.ts'
import { rename } from './rename.ts'
import { resize } from './resize.ts'
import { restart } from './restart.ts'
import { start } from './start.ts'
import { stats } from './stats.ts'
import { stop } from './stop.ts'
import { top } from './top.ts'
import { update } from './update.ts'
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
    top: one(top(front)),
    stats: one(stats(front)),
    update: one(update(front)),
    export: one(exportContainer(front)),
    attach: duplex(front, attach(front)),
    remoteStart: duplex(front, remoteStart(front)),
    remoteExec: duplex(front, remoteExec(front)),
    copyFromContainer: serverStream(front, copyFrom(front)),
    copyToContainer: duplex(front, copyTo(front)),
  }
}
