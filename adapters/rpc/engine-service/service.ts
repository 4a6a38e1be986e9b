/** isulad.engine.EngineService: what the journal tells of the engine and of containers. */
import { status } from '@grpc/grpc-js'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Front } from '../front.ts'
import { CallFailure, serverStream, unary, type UnaryWork } from '../server/handlers.ts'
import type { EngineServiceServer } from '../wire/isulad_engine_server.ts'
import { commit } from './commit.ts'
import { diff } from './diff.ts'
import { journalEvents } from './journal-events.ts'
import { createVolume, inspectVolume } from './volumes.ts'

const orFail = <A>(report: Either<string, A>, code: status): A => {
  if (E.isLeft(report)) throw new CallFailure(code, report.left)
  return report.right
}

export const engineService = (front: Front): EngineServiceServer => {
  const { reports } = front
  const one = <Q, R>(work: UnaryWork<Q, R>) => unary(front, work)
  return {
    explain: one(async ({ id }: { readonly id: string }) => ({
      json: JSON.stringify(orFail(await reports.explain(id), status.NOT_FOUND)),
    })),
    audit: one(async () => {
      const verdict = orFail(await reports.audit(), status.FAILED_PRECONDITION)
      return { json: JSON.stringify(verdict), clean: verdict.ok }
    }),
    recovery: one(async () => ({
      json: JSON.stringify(orFail(await reports.recovery(), status.FAILED_PRECONDITION)),
    })),
    createVolume: one(createVolume(front)),
    inspectVolume: one(inspectVolume(front)),
    commit: one(commit(front)),
    diff: one(diff(front)),
    journalEvents: serverStream(front, journalEvents(front)),
  }
}
