/** Named network namespaces that carry our mark; ip-netns(8) keeps them as mounts. */
import { existsSync, readdirSync } from 'node:fs'
import type { AuditFinding } from '../../../journal/audit/verdict.ts'

const directory = '/run/netns'

/** Spec 23: names of the network namespaces that an engine of this kind makes. */
const mark = /^isulacni-/

/** No state owns a named network namespace yet: whatever has the mark is an orphan. */
export const orphanNamespaces = (): ReadonlyArray<AuditFinding> =>
  (existsSync(directory) ? readdirSync(directory) : [])
    .filter((name) => mark.test(name))
    .map((name) => ({
      check: 'host',
      subject: `netns ${directory}/${name}`,
      detail: 'it has our mark, no owner',
    }))
