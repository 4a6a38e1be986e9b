/** Environment variables and labels: syntax, and merging by key. */
import * as E from 'fp-ts/lib/Either.js'
import { refuse, type Checked } from './refusal.ts'

export const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const keyOf = (entry: string): string => entry.split('=', 1)[0] ?? ''

export const hasVariable = (env: ReadonlyArray<string>, name: string): boolean =>
  env.some((entry) => keyOf(entry) === name)

/** `K=V`, or `K` alone, which takes the variable away; the key is not empty (CLI-CR-12). */
export const checkVariable = (entry: string): Checked<string> =>
  keyOf(entry) !== '' && !entry.includes('\0')
    ? E.right(entry)
    : refuse('ContainerConfig.Env', `Invalid environment variable "${entry}": want KEY=VALUE`)

/** The later entry of a key wins and keeps the earlier one's place. */
export const mergeEnv = (
  base: ReadonlyArray<string>,
  over: ReadonlyArray<string>,
): ReadonlyArray<string> => {
  const byKey = new Map([...base, ...over].map((entry) => [keyOf(entry), entry]))
  return [...byKey.values()].filter((entry) => entry.includes('='))
}

export const checkLabelKey = (key: string): Checked<string> =>
  key !== '' && !key.includes('=')
    ? E.right(key)
    : refuse('ContainerConfig.Labels', `Invalid label "${key}": want key=value with a key`)

/** The flag's form `key=value`; without `=` the value is empty (CLI-CR-30). */
export const parseLabel = (text: string): Checked<readonly [string, string]> => {
  const equals = text.indexOf('=')
  const key = equals < 0 ? text : text.slice(0, equals)
  const checked = checkLabelKey(key)
  return E.isLeft(checked) ? checked : E.right([key, equals < 0 ? '' : text.slice(equals + 1)])
}
