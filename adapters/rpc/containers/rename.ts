/** Rename (CLI-RENAME-01). */
import * as E from 'fp-ts/lib/Either.js'
import { checkContainerName } from '../../../domain/container/validate/names.ts'
import type { Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import type { RenameRequest, RenameResponse } from '../wire/containers.ts'
import { onContainer } from './on-container.ts'

export const rename =
  (front: Front): UnaryWork<RenameRequest, RenameResponse> =>
  ({ oldname, newname }, caller) =>
    onContainer(front, caller, oldname, ({ id }) => {
      if (newname === '') return E.left('the new name of a container must not be empty')
      const name = checkContainerName(newname)
      return E.isLeft(name)
        ? E.left(name.left.message)
        : E.right({ _tag: 'RenameContainer', id, name: name.right })
    })
