/** Export: the daemon writes a container's root file system to a tar file (spec 22 section 3). */
import * as E from 'fp-ts/lib/Either.js'
import { isAbsolute } from 'node:path'
import { failure, verdictOf, type Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import type { ExportRequest, ExportResponse } from '../wire/containers.ts'
import { copyThrough } from './copy-session.ts'
import { findContainer } from './find-container.ts'

export const exportContainer =
  (front: Front): UnaryWork<ExportRequest, ExportResponse> =>
  async ({ id: given, file }, caller) => {
    const found = findContainer(front.engine.world, given)
    if (E.isLeft(found)) return { ...failure(found.left), id: given }
    const { id } = found.right
    if (!isAbsolute(file) || file.includes('\0'))
      return { ...failure(`Invalid file '${file}': an absolute path is needed`), id }
    const session = { _tag: 'Export', file } as const
    return { ...verdictOf(await copyThrough(front, caller, found.right, session)), id }
  }
