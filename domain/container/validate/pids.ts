/** `--pids-limit` (RES-PIDS-01): 0 and negatives mean no limit. */
import * as E from 'fp-ts/lib/Either.js'
import { refuse, type Checked } from './refusal.ts'

/**
 * Up to 2^63-1 is allowed. What JSON numbers do not hold exactly is far beyond any kernel's number
 * of processes and is stored as the greatest exact number.
 */
export const checkPidsLimit = (limit: number): Checked<number> =>
  !Number.isInteger(limit) || Math.abs(limit) > 2 ** 63
    ? refuse(
        'HostConfig.PidsLimit',
        `Invalid pids limit ${limit}: want a whole number of at most 9223372036854775807`,
      )
    : E.right(Math.max(Math.min(limit, Number.MAX_SAFE_INTEGER), Number.MIN_SAFE_INTEGER))
