/** Memory limits at create (RES-MEM-01, RES-MEM-03, spec 23). */
import * as E from 'fp-ts/lib/Either.js'
import { refuse, type Checked } from './refusal.ts'

export interface MemoryLimits {
  /** Bytes; 0: not set. */
  readonly Memory: number
  /** Memory + swap in bytes; -1: unlimited, 0: not set. */
  readonly MemorySwap: number
}

const minimumBytes = 4 * 1024 * 1024

/** A memory limit without a swap limit gets twice its size as memory + swap. */
export const checkMemory = ({ Memory, MemorySwap }: MemoryLimits): Checked<MemoryLimits> => {
  if (Memory < 0)
    return refuse('HostConfig.Memory', `Invalid memory limit ${Memory}: want 0 or more bytes`)
  if (Memory > 0 && Memory < minimumBytes)
    return refuse('HostConfig.Memory', 'Minimum memory limit allowed is 4MB')
  if (MemorySwap < -1)
    return refuse(
      'HostConfig.MemorySwap',
      `Invalid memory swap limit ${MemorySwap}: want -1 (unlimited), 0 or more bytes`,
    )
  if (MemorySwap > 0 && Memory === 0)
    return refuse(
      'HostConfig.MemorySwap',
      'You should always set the memory limit when using the memory swap limit',
    )
  if (MemorySwap > 0 && MemorySwap < Memory)
    return refuse(
      'HostConfig.MemorySwap',
      `Minimum memory swap limit (${MemorySwap}) should be larger than memory limit (${Memory})`,
    )
  return E.right({ Memory, MemorySwap: effectiveSwap({ Memory, MemorySwap }) })
}

/** RES-MEM-02: the soft limit lies below the hard one. Bytes; 0: not set. */
export const checkReservation = (reservation: number, memory: number): Checked<number> => {
  const field = 'HostConfig.MemoryReservation'
  if (reservation < 0)
    return refuse(field, `Invalid memory reservation ${reservation}: want 0 or more bytes`)
  if (reservation > 0 && reservation < minimumBytes)
    return refuse(field, 'Minimum memory reservation allowed is 4MB')
  return memory > 0 && reservation > memory
    ? refuse(
        field,
        `Minimum memory limit (${memory}) should be larger than memory reservation limit ` +
          `(${reservation})`,
      )
    : E.right(reservation)
}

/** Twice the memory where only that was given (spec 23), never beyond what a number holds. */
export const effectiveSwap = ({ Memory, MemorySwap }: MemoryLimits): number =>
  MemorySwap === 0 && Memory > 0 ? Math.min(2 * Memory, Number.MAX_SAFE_INTEGER) : MemorySwap
