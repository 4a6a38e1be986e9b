/** The `native.umask` policy of daemon and container (CFG-UMASK-01, CLI-CR-01). */
import * as E from 'fp-ts/lib/Either.js'
import { refuse, type Checked } from './refusal.ts'

export const umaskAnnotation = 'native.umask'

const secureUmask = 0o027
const normalUmask = 0o022

export const checkUmaskPolicy = (word: string): Checked<number> => {
  if (word === 'secure') return E.right(secureUmask)
  if (word === 'normal') return E.right(normalUmask)
  return refuse(umaskAnnotation, `Invalid native.umask "${word}": want "secure" or "normal"`)
}

export const umaskPolicy = (umask: number): string => (umask === normalUmask ? 'normal' : 'secure')
