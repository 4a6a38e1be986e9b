/** A name for each request that changes something, so that the daemon can recognise a retry. */
import { randomBytes } from 'node:crypto'

/** 32 hex digits, sent as metadata `isulad-request-id`. */
export const mintRequestId = (): string => randomBytes(16).toString('hex')

/** 64 hex digits, ExecRequest.suffix. */
export const mintExecSuffix = (): string => randomBytes(32).toString('hex')
