/** The process side of an image's config file (OCI image specification, `config` object). */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as doc from './document.ts'
import type { Document } from './document.ts'
import { allOf, type Checked } from './refusal.ts'

export interface ImageProcess {
  readonly Env: ReadonlyArray<string>
  readonly Cmd: ReadonlyArray<string>
  readonly Entrypoint: ReadonlyArray<string>
  readonly WorkingDir: string
  readonly User: string
  readonly StopSignal: string
  readonly Labels: Readonly<Record<string, string>>
  /** Paths of its `VOLUME`s, as it spells them. */
  readonly Volumes: ReadonlyArray<string>
  /** What the image asks for and the engine does not do yet. */
  readonly warnings: ReadonlyArray<string>
}

const warningsOf = ({ members }: Document): ReadonlyArray<string> => {
  const asks = (member: string): boolean => !doc.asksNothing(members[member])
  return asks('Healthcheck') ? ["the image's health check is not run yet"] : []
}

const readProcess = (config: Document): Checked<ImageProcess> =>
  allOf({
    Env: doc.texts(config, 'Env'),
    Cmd: doc.texts(config, 'Cmd'),
    Entrypoint: doc.texts(config, 'Entrypoint'),
    WorkingDir: doc.text(config, 'WorkingDir'),
    User: doc.text(config, 'User'),
    StopSignal: doc.text(config, 'StopSignal'),
    Labels: doc.textMap(config, 'Labels'),
    Volumes: E.right(Object.keys(config.members['Volumes'] ?? {})),
    warnings: E.right(warningsOf(config)),
  })

export const parseImageConfig = (text: string): Checked<ImageProcess> =>
  pipe(
    doc.parseDocument('ImageConfig', text),
    E.chain((whole) => doc.inner(whole, 'config')),
    E.chain(readProcess),
  )
