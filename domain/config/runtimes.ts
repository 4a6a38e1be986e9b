/** The whitelist of custom runtimes (CFG-RT-02 … 04). */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as doc from '../container/validate/document.ts'
import type { Document } from '../container/validate/document.ts'
import { allOf, refuse, type Checked } from '../container/validate/refusal.ts'

export interface ConfiguredRuntime {
  readonly name: string
  /** The binary: absolute, or a name that is looked up on PATH. */
  readonly path: string
  readonly args: ReadonlyArray<string>
}

const readRuntime = (name: string, runtimes: Document): Checked<ConfiguredRuntime> =>
  pipe(
    doc.inner(runtimes, name),
    E.chainFirst((one) =>
      doc.checkMembers(one, { supported: ['path', 'runtime-args'], later: {} }),
    ),
    E.chain((one) =>
      allOf({
        name: /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}$/.test(name)
          ? E.right(name)
          : refuse('runtimes', `Invalid runtime name "${name}"`),
        path: doc.text(one, 'path'),
        args: doc.texts(one, 'runtime-args'),
      }),
    ),
    E.filterOrElse(
      ({ path }) => path !== '',
      () => ({
        _tag: 'ConfigRefusal',
        field: 'runtimes',
        message: `Runtime "${name}" has no path`,
      }),
    ),
  )

export const readRuntimes = (settings: Document): Checked<ReadonlyArray<ConfiguredRuntime>> =>
  pipe(
    doc.inner(settings, 'runtimes'),
    E.chain((runtimes) => {
      const all: Array<ConfiguredRuntime> = []
      for (const name of Object.keys(runtimes.members)) {
        const one = readRuntime(name, runtimes)
        if (E.isLeft(one)) return one
        all.push(one.right)
      }
      return E.right(all)
    }),
  )
