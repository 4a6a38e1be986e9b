/** Ulimits of all containers: `default-ulimits` (CFG-ULIMIT-02 … 05, RES-ULIMIT-04). */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Ulimit } from '../container/config.ts'
import * as doc from '../container/validate/document.ts'
import type { Document } from '../container/validate/document.ts'
import { allOf, refuse, type Checked } from '../container/validate/refusal.ts'
import { checkUlimit } from '../container/validate/ulimits.ts'

/** A missing `Hard` or `Soft` counts as 0, unlike in the flag's form. */
const readOne = (key: string, all: Document): Checked<Ulimit> =>
  pipe(
    doc.inner(all, key),
    E.chainFirst((one) =>
      doc.checkMembers(one, { supported: ['Name', 'Hard', 'Soft'], later: {} }),
    ),
    E.chain((one) =>
      allOf({
        Name: doc.text(one, 'Name'),
        Hard: doc.whole(one, 'Hard'),
        Soft: doc.whole(one, 'Soft'),
      }),
    ),
    E.chain((ulimit) =>
      ulimit.Name === key
        ? checkUlimit(ulimit)
        : refuse(
            'default-ulimits',
            'Name of default ulimit must be the same as its key: ' +
              `key "${key}", Name "${ulimit.Name}"`,
          ),
    ),
  )

export const readDefaultUlimits = (settings: Document): Checked<ReadonlyArray<Ulimit>> =>
  pipe(
    doc.inner(settings, 'default-ulimits'),
    E.chain((all) => {
      const ulimits: Array<Ulimit> = []
      for (const key of Object.keys(all.members)) {
        const one = readOne(key, all)
        if (E.isLeft(one)) return one
        ulimits.push(one.right)
      }
      return E.right(ulimits)
    }),
  )
