/** `--secret-env`: variables whose values never enter an event. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as doc from './document.ts'
import { checkAll, refuse, type Checked } from './refusal.ts'

const checkSecret = (entry: string): Checked<string> =>
  /^[^=\0]+=[^\0]*$/.test(entry)
    ? E.right(entry)
    : refuse(
        'ContainerConfig.SecretEnv',
        `Invalid secret variable "${entry.split('=', 1)[0] ?? ''}": want KEY=VALUE`,
      )

/** The `KEY=VALUE` entries of a customconfig document. */
export const secretEntries = (customConfig: string): Checked<ReadonlyArray<string>> =>
  pipe(
    doc.parseDocument('ContainerConfig', customConfig),
    E.chain((document) => doc.texts(document, 'SecretEnv')),
    E.chain((entries) => checkAll(entries, checkSecret)),
  )

/** What is stored of them. */
export const secretNames = (entries: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set(entries.map((entry) => entry.split('=', 1)[0] ?? '')),
]
