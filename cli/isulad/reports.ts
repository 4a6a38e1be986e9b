/** What the daemon tells about itself on request: explanations, verdicts, recoveries. */
import * as E from 'fp-ts/lib/Either.js'
import type { Reports } from '../../adapters/rpc/rpc-options.ts'

export const reports = (..._parts: ReadonlyArray<unknown>): Reports => ({
  explain: () => Promise.resolve(E.left('later')),
  audit: () => Promise.resolve(E.left('later')),
  recovery: () => Promise.resolve(E.left('later')),
})
