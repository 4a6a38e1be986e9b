/** `--external-rootfs`: a root file system that the engine does not manage (SYS-ROOTFS-*). */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as doc from './document.ts'
import { cleanPath } from './paths.ts'
import { refuse, type Checked } from './refusal.ts'

/** SYS-ROOTFS-02. Empty: none. */
export const checkExternalRootfs = (path: string): Checked<string> => {
  if (path === '') return E.right('')
  const clean = cleanPath(path)
  return clean === undefined || clean === '/'
    ? refuse(
        'HostConfig.ExternalRootfs',
        `Invalid external rootfs "${path}": want an absolute path other than /`,
      )
    : E.right(clean)
}

/** Upstream's client says it in a field of the request, others in the document. */
export const wantedRootfs = (field: string, hostConfig: string): Checked<string> =>
  field !== ''
    ? checkExternalRootfs(field)
    : pipe(
        doc.parseDocument('HostConfig', hostConfig),
        E.chain((document) => doc.text(document, 'ExternalRootfs')),
        E.chain(checkExternalRootfs),
      )
