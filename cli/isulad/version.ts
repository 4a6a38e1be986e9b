/** What this build calls itself; `isulad -V` and the Version call say it. */

import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Kept equal to package.json by a test. */
export const engineVersion = '0.1.0'

/** The upstream release whose surface is served (spec 23). */
export const upstreamVersion = '2.1.6'

/** When this program file was written, RFC 3339. */
export const buildTime = (): string => statSync(fileURLToPath(import.meta.url)).mtime.toISOString()
