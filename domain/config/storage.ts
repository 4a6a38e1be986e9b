/** Storage driver and its options (CFG-STG-01 … 05). */
import * as E from 'fp-ts/lib/Either.js'
import { checkAll, refuse, type Checked } from '../container/validate/refusal.ts'

export type StorageDriver = 'overlay2'

export const checkStorageDriver = (name: string): Checked<StorageDriver> => {
  if (name === 'overlay2') return E.right(name)
  return name === 'devicemapper'
    ? refuse('storage-driver', 'not supported yet: storage-driver devicemapper: want overlay2')
    : refuse('storage-driver', `Invalid storage-driver "${name}": want overlay2`)
}

const checkOption = (text: string): Checked<string> => {
  const [name = '', value] = text.split(/=(.*)/s)
  if (name === 'overlay2.override_kernel_check')
    return value === 'true' || value === 'false'
      ? E.right(text)
      : refuse('storage-opts', `Invalid storage option "${text}": want true or false`)
  return name === 'overlay2.size' || name === 'overlay2.basesize'
    ? refuse('storage-opts', `not supported yet: storage option ${name}`)
    : refuse('storage-opts', `Unknown storage option "${text}" of driver overlay2`)
}

export const checkStorageOptions = (texts: ReadonlyArray<string>): Checked<ReadonlyArray<string>> =>
  checkAll(texts, checkOption)
