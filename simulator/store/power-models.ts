/** What a power cut leaves of bytes and names, under the file system models of K2. */

/** Of the bytes written since the last sync; what was synced stays in every model. */
export type BytesLeft = 'all' | 'none' | 'cut-anywhere' | 'sector-garbage'

/**
 * `all`: a journalling file system that orders names before bytes. `directory-synced`: what POSIX
 * promises. `own-name`: a sync of a file keeps its own name too, and no other.
 */
export type NamesLeft = 'all' | 'directory-synced' | 'own-name'

export const powerModels = {
  'all-bytes': { bytes: 'all', names: 'all' },
  'synced-bytes': { bytes: 'none', names: 'all' },
  'cut-tail': { bytes: 'cut-anywhere', names: 'all' },
  'synced-names': { bytes: 'none', names: 'directory-synced' },
  'own-name': { bytes: 'none', names: 'own-name' },
  'sector-garbage': { bytes: 'sector-garbage', names: 'all' },
} as const satisfies Readonly<Record<string, { bytes: BytesLeft; names: NamesLeft }>>

export type PowerModel = keyof typeof powerModels

export const powerModelNames: readonly [PowerModel, ...ReadonlyArray<PowerModel>] = [
  'all-bytes',
  'synced-bytes',
  'cut-tail',
  'synced-names',
  'own-name',
  'sector-garbage',
]

/** The simulator's chance, or a test's. */
export interface Chance {
  /** Uniform in 0 … n-1. */
  readonly below: (n: number) => number
}

export interface Written {
  /** What the last honest sync made durable. */
  readonly durable: Buffer
  /** What a reader sees. */
  readonly visible: Buffer
}

export const sectorBytes = 512

const extendsDurable = ({ durable, visible }: Written): boolean =>
  visible.length >= durable.length && visible.subarray(0, durable.length).equals(durable)

const garbled = (sector: Buffer, chance: Chance): void => {
  const fate = chance.below(3)
  if (fate === 1) sector.fill(0)
  if (fate === 2) for (let i = 0; i < sector.length; i += 1) sector[i] = chance.below(256)
}

/**
 * Sectors are new, zero or garbage, each by itself. A sector that is rewritten with the same bytes
 * before new ones keeps them (power-safe overwrite): no synced byte is ever harmed.
 */
const garbageTail = ({ durable, visible }: Written, chance: Chance): Buffer => {
  const from = durable.length
  const sectors = Math.ceil(visible.length / sectorBytes) - Math.floor(from / sectorBytes)
  const kept = (Math.floor(from / sectorBytes) + chance.below(sectors + 1)) * sectorBytes
  const bytes = Buffer.from(visible.subarray(0, Math.max(from, Math.min(kept, visible.length))))
  for (let at = from; at < bytes.length;) {
    const end = Math.min((Math.floor(at / sectorBytes) + 1) * sectorBytes, bytes.length)
    garbled(bytes.subarray(at, end), chance)
    at = end
  }
  return bytes
}

/** A file that was rewritten or cut since its last sync is the old one or the new one. */
export const bytesAfterPowerCut = (left: BytesLeft, written: Written, chance: Chance): Buffer => {
  const { durable, visible } = written
  if (left === 'all') return visible
  if (left === 'none' || durable.equals(visible)) return durable
  if (!extendsDurable(written)) return chance.below(2) === 0 ? durable : visible
  if (left === 'sector-garbage') return garbageTail(written, chance)
  return visible.subarray(0, durable.length + chance.below(visible.length - durable.length + 1))
}
