/** What this build calls itself; `isulad -V` and the Version call say it. */

import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Kept equal to package.json by a test. */
export const engineVersion = '0.2.0'

/** The upstream release whose surface is served (spec 23). */
export const upstreamVersion = '2.1.6'

/** Defined by the bundler (`define`), absent when the sources run as they are. */
declare const ISULA_BUILD: { readonly gitCommit: string } | undefined

/** 40 hex digits (INFO-VER-03). */
export const gitCommit = (): string =>
  typeof ISULA_BUILD === 'undefined' ? 'unknown' : ISULA_BUILD.gitCommit

/** When this program file was written, RFC 3339. */
export const buildTime = (): string => statSync(fileURLToPath(import.meta.url)).mtime.toISOString()
