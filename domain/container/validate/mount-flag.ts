/** One `--mount` flag, `key=value,…` (CLI-CR-36). */
import * as E from 'fp-ts/lib/Either.js'
import type { BindMount } from '../config.ts'
import { checkBindMount } from './bind.ts'
import { refuse, type Checked } from './refusal.ts'

const field = 'mount'

const keys: Readonly<Record<string, 'type' | 'source' | 'target' | 'readonly' | 'propagation'>> = {
  type: 'type',
  src: 'source',
  source: 'source',
  dst: 'target',
  destination: 'target',
  target: 'target',
  ro: 'readonly',
  readonly: 'readonly',
  'bind-propagation': 'propagation',
}

type Fields = Partial<Record<'type' | 'source' | 'target' | 'readonly' | 'propagation', string>>

const readFields = (text: string): Checked<Fields> => {
  const fields: Fields = {}
  for (const part of text.split(',')) {
    const equals = part.indexOf('=')
    const word = (equals < 0 ? part : part.slice(0, equals)).trim()
    const key = Object.hasOwn(keys, word) ? keys[word] : undefined
    if (key === undefined)
      return refuse(
        field,
        `Invalid mount "${text}": unexpected key "${word}": want ${Object.keys(keys).join(', ')}`,
      )
    if (fields[key] !== undefined)
      return refuse(field, `Invalid mount "${text}": "${word}" is given more than once`)
    if (equals < 0 && key !== 'readonly')
      return refuse(field, `Invalid mount "${text}": "${word}" must be a key=value pair`)
    fields[key] = equals < 0 ? 'true' : part.slice(equals + 1)
  }
  return E.right(fields)
}

const isTrue = (text: string): boolean | undefined =>
  ['true', '1'].includes(text) ? true : ['false', '0'].includes(text) ? false : undefined

export const checkMountType = (type: string): Checked<'bind'> => {
  if (type === 'bind') return E.right(type)
  return ['squashfs', 'volume', 'tmpfs'].includes(type)
    ? refuse(field, `Mount type "${type}" is not supported yet: want bind`)
    : refuse(field, `Invalid mount type "${type}": want bind`)
}

/** `type=bind,src=/a,dst=/b[,ro][,bind-propagation=rslave]`; the type has no default. */
export const parseMountFlag = (text: string): Checked<BindMount> => {
  const fields = readFields(text)
  if (E.isLeft(fields)) return fields
  const { type, source, target, readonly, propagation } = fields.right
  const checkedType = checkMountType(type ?? '')
  if (E.isLeft(checkedType)) return checkedType
  if (source === undefined || source === '')
    return refuse(field, `Invalid mount "${text}": source is required`)
  if (target === undefined || target === '')
    return refuse(field, `Invalid mount "${text}": destination is required`)
  const isReadonly = isTrue(readonly ?? 'false')
  if (isReadonly === undefined)
    return refuse(field, `Invalid mount "${text}": readonly wants true or false`)
  return checkBindMount({
    Type: 'bind',
    Source: source,
    Target: target,
    Readonly: isReadonly,
    Propagation: propagation ?? '',
  })
}
