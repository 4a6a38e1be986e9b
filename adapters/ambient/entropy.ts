/** Randomness of the kernel. */
import { randomBytes } from 'node:crypto'
import type { EntropyPort } from '../../domain/ports/ambient-ports.ts'

export const systemEntropy: EntropyPort = { hex: (bytes) => randomBytes(bytes).toString('hex') }
