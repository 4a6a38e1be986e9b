/** Which build of the client this is; the build step puts the values in. */
import type { Build } from './format/info.ts'

/** Defined by the bundler (`define`), absent when the sources run as they are. */
declare const ISULA_BUILD: Build | undefined

const fromSources: Build = { version: '0.2.0', gitCommit: 'unknown', built: 'unknown' }

export const clientBuild = (): Build =>
  typeof ISULA_BUILD === 'undefined' ? fromSources : ISULA_BUILD
