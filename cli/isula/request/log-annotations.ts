/** `--log-driver` and `--log-opt` become annotations, as upstream's client sends them. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  checkLogOptions,
  logAnnotations,
  unrecorded,
} from '../../../domain/container/log-options.ts'
import type { FlagValues } from '../grammar/values.ts'
import { eachBuilt, spoken, type Built } from './refused.ts'

type Entry = readonly [string, string]

const disableLog = (value: string): Built<ReadonlyArray<Entry>> => {
  if (value === 'true') return E.right([[logAnnotations.file, unrecorded]])
  return value === 'false'
    ? E.right([[logAnnotations.file, '']])
    : E.left(`Invalid value '${value}' for log option 'disable-log': want true or false`)
}

const entriesOf = (option: string): Built<ReadonlyArray<Entry>> => {
  const equals = option.indexOf('=')
  const [key, value] = [option.slice(0, Math.max(equals, 0)), option.slice(equals + 1)]
  switch (key) {
    case 'disable-log':
      return disableLog(value)
    case 'max-size':
      return E.right([[logAnnotations.size, value]])
    case 'max-file':
      return E.right([[logAnnotations.count, value]])
    default:
      return E.left(
        `Invalid log option '${option}': want disable-log=true|false, max-size=SIZE ` +
          'or max-file=NUMBER',
      )
  }
}

/** Of options that are given twice the last one counts. */
export const logAnnotationsOf = (flags: FlagValues): Built<Readonly<Record<string, string>>> =>
  pipe(
    eachBuilt(flags.list('log-opt'), entriesOf),
    E.chain((entries) => {
      const driver = flags.text('log-driver')
      const last = new Map([
        ...(driver === undefined ? [] : [[logAnnotations.driver, driver] as const]),
        ...entries.flat(),
      ])
      const annotations = Object.fromEntries([...last].filter(([, value]) => value !== ''))
      return pipe(
        spoken(checkLogOptions(annotations)),
        E.map(() => annotations),
      )
    }),
  )
