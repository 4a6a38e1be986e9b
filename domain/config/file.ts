/** daemon.json as settings by key (CFG-SRC-05 … 09). */
import * as E from 'fp-ts/lib/Either.js'
import * as Json from 'fp-ts/lib/Json.js'
import { refuse, type Checked } from '../container/validate/refusal.ts'
import { optionOfKey } from './options.ts'

export interface ConfigFile {
  readonly path: string
  readonly text: string
}

/** Spellings of the manual's own examples (TLS-CFG-03, DAEMON-HOST-02). */
const canonical = (key: string, value: unknown): readonly [string, unknown] => {
  if (key === 'tlsverify') return ['tls-verify', value]
  if (key === 'hosts' && typeof value === 'string') return [key, [value]]
  return [key, value]
}

export const parseFile = ({
  path,
  text,
}: ConfigFile): Checked<Readonly<Record<string, unknown>>> => {
  const parsed = Json.parse(text)
  if (E.isLeft(parsed)) return refuse(path, `Invalid JSON in ${path}: ${String(parsed.left)}`)
  const document: unknown = parsed.right
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    return refuse(path, `Invalid content of ${path}: want a JSON object`)
  const settings: Record<string, unknown> = {}
  for (const [given, raw] of Object.entries(document)) {
    const [key, value] = canonical(given, raw)
    const option = optionOfKey(key)
    if (option === undefined) return refuse(key, `Unknown key in ${path}: "${given}"`)
    const dropped = value === null || (option.kind === 'lenient' && typeof value !== 'boolean')
    if (!dropped) settings[key] = value
  }
  return E.right(settings)
}
