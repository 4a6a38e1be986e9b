/** Seeded randomness for damage: the same seed gives the same bytes everywhere. */

/** Uniform integers below a bound. */
export type Draw = (below: number) => number

/** Mulberry32: 32 bits of state, enough to scatter damage. */
export const seededDraw = (seed: number): Draw => {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const sectorBytes = 512

/**
 * Bytes from `from` on were under way when the power went: each sector is there, as it was before
 * (`before`, zeros beyond its end), or garbage. What lay durable in the same sector stays, as
 * LevelDB and SQLite ("powersafe overwrite") assume of every disk.
 */
export const sectorGarbage = (
  bytes: { readonly before: Buffer; readonly after: Buffer },
  from: number,
  draw: Draw,
): Buffer => {
  const { before, after } = bytes
  const result = Buffer.from(after)
  for (let at = from; at < after.length;) {
    const end = Math.min(after.length, at - (at % sectorBytes) + sectorBytes)
    const fate = draw(3)
    if (fate === 1) {
      result.fill(0, at, end)
      result.set(before.subarray(at, end), at)
    } else if (fate === 2) for (let i = at; i < end; i += 1) result[i] = draw(256)
    at = end
  }
  return result
}
