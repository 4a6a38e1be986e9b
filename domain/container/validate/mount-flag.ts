/** One `--mount` flag, `key=value,…` (CLI-CR-36). */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Mount } from '../config.ts'
import { checkBindMount, checkVolumeMount } from './bind.ts'
import { refuse, type Checked } from './refusal.ts'
import { checkTmpfsMount } from './tmpfs.ts'

const field = 'mount'

const keys = {
  type: 'type',
  src: 'source',
  source: 'source',
  dst: 'target',
  destination: 'target',
  target: 'target',
  ro: 'readonly',
  readonly: 'readonly',
  'bind-propagation': 'propagation',
  'volume-nocopy': 'noCopy',
  'tmpfs-size': 'size',
  'tmpfs-mode': 'mode',
} as const

type Key = (typeof keys)[keyof typeof keys]
type Fields = Partial<Record<Key, string>>

const isKey = (word: string): word is keyof typeof keys => Object.hasOwn(keys, word)

/** Keys that may stand alone for `true`. */
const flags: ReadonlyArray<Key> = ['readonly', 'noCopy']

const readFields = (text: string): Checked<Fields> => {
  const fields: Fields = {}
  for (const part of text.split(',')) {
    const equals = part.indexOf('=')
    const word = (equals < 0 ? part : part.slice(0, equals)).trim()
    if (!isKey(word))
      return refuse(
        field,
        `Invalid mount "${text}": unexpected key "${word}": want ${Object.keys(keys).join(', ')}`,
      )
    const key = keys[word]
    if (fields[key] !== undefined)
      return refuse(field, `Invalid mount "${text}": "${word}" is given more than once`)
    if (equals < 0 && !flags.includes(key))
      return refuse(field, `Invalid mount "${text}": "${word}" must be a key=value pair`)
    fields[key] = equals < 0 ? 'true' : part.slice(equals + 1)
  }
  return E.right(fields)
}

const isTrue = (text: string): boolean | undefined =>
  ['true', '1'].includes(text) ? true : ['false', '0'].includes(text) ? false : undefined

type MountType = Mount['Type']

const types: ReadonlyArray<MountType> = ['bind', 'volume', 'tmpfs']

const isType = (type: string): type is MountType => types.some((known) => known === type)

export const checkMountType = (type: string): Checked<MountType> => {
  if (isType(type)) return E.right(type)
  const want = `want one of ${types.join(', ')}`
  return type === 'squashfs'
    ? refuse(
        field,
        `Mount type "squashfs" is not supported yet: mount the image on the host and bind it; ` +
          want,
      )
    : refuse(field, `Invalid mount type "${type}": ${want}`)
}

/** Which keys each type takes besides those that all take. */
const ofType: Readonly<Record<MountType, ReadonlyArray<Key>>> = {
  bind: ['source', 'propagation'],
  volume: ['source', 'noCopy'],
  tmpfs: ['size', 'mode'],
}

const foreign = (fields: Fields, type: MountType): string | undefined => {
  const known: ReadonlyArray<string> = ['type', 'target', 'readonly', ...ofType[type]]
  const key = Object.keys(fields).find((one) => !known.includes(one))
  return Object.entries(keys).find(([, one]) => one === key)?.[0]
}

interface Read {
  readonly type: MountType
  readonly fields: Fields
  readonly target: string
  readonly readonly: boolean
  readonly noCopy: boolean
}

const readFlag = (text: string): Checked<Read> =>
  pipe(
    readFields(text),
    E.chain((fields) =>
      pipe(
        checkMountType(fields.type ?? ''),
        E.chain((type): Checked<Read> => {
          const wrong = (what: string): Checked<never> =>
            refuse(field, `Invalid mount "${text}": ${what}`)
          const other = foreign(fields, type)
          if (other !== undefined) return wrong(`"${other}" is not for type ${type}`)
          if (type === 'bind' && (fields.source ?? '') === '') return wrong('source is required')
          const target = fields.target ?? ''
          if (target === '') return wrong('destination is required')
          const readonly = isTrue(fields.readonly ?? 'false')
          if (readonly === undefined) return wrong('readonly wants true or false')
          const noCopy = isTrue(fields.noCopy ?? 'false')
          if (noCopy === undefined) return wrong('volume-nocopy wants true or false')
          return E.right({ type, fields, target, readonly, noCopy })
        }),
      ),
    ),
  )

const mountOf = ({ type, fields, target, readonly, noCopy }: Read): Checked<Mount> => {
  const { source = '', propagation = '', size, mode } = fields
  const common = { Target: target, Readonly: readonly }
  switch (type) {
    case 'bind':
      return checkBindMount({
        ...common,
        Type: 'bind',
        Source: source,
        Propagation: propagation,
      })
    case 'volume':
      return checkVolumeMount({ ...common, Type: 'volume', Source: source, NoCopy: noCopy })
    case 'tmpfs': {
      const words = [
        ...(readonly ? ['ro'] : []),
        ...(size === undefined ? [] : [`size=${size}`]),
        ...(mode === undefined ? [] : [`mode=${mode}`]),
      ]
      return checkTmpfsMount({ Type: 'tmpfs', Target: target, Options: words.join(',') })
    }
  }
}

/**
 * `type=bind,src=/a,dst=/b[,ro][,bind-propagation=rslave]`, `type=volume[,src=name],dst=/b`,
 * `type=tmpfs,dst=/b[,tmpfs-size=1m][,tmpfs-mode=1777]`; the type has no default.
 */
export const parseMountFlag = (text: string): Checked<Mount> =>
  pipe(readFlag(text), E.chain(mountOf))
