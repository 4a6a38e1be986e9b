/** The customconfig document of a create request (spec 22 sections 6 and 7). */
import { sequenceS } from 'fp-ts/lib/Apply.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { parseLabel } from '../../../domain/container/validate/environment.ts'
import type { FlagValues } from '../grammar/values.ts'
import { member } from './member.ts'
import { eachBuilt, spoken, type Built } from './refused.ts'

/** Which of the container's streams the client will hold. */
export interface Attached {
  readonly stdin: boolean
  readonly output: boolean
}

/** `K=V` as it is; `K` alone takes the client's own value where it has one. */
export const environment = (
  entries: ReadonlyArray<string>,
  own: Readonly<Record<string, string | undefined>>,
): Built<ReadonlyArray<string>> =>
  eachBuilt(entries, (entry) => {
    if (entry === '' || entry.startsWith('='))
      return E.left(`Invalid environment variable '${entry}': KEY=VALUE is needed`)
    const value = entry.includes('=') ? undefined : own[entry]
    return E.right(value === undefined ? entry : `${entry}=${value}`)
  })

const annotation = (text: string): Built<readonly [string, string]> => {
  const equals = text.indexOf('=')
  return equals < 1
    ? E.left(`Invalid annotation '${text}': KEY=VALUE is needed`)
    : E.right([text.slice(0, equals), text.slice(equals + 1)])
}

const checked = (flags: FlagValues, own: Readonly<Record<string, string | undefined>>) =>
  sequenceS(E.Apply)({
    env: environment(flags.list('env'), own),
    labels: eachBuilt(flags.list('label'), (text) => spoken(parseLabel(text))),
    annotations: eachBuilt(flags.list('annotation'), annotation),
  })

export interface CustomConfigInput {
  readonly flags: FlagValues
  readonly command: ReadonlyArray<string>
  readonly attached: Attached
  /** The client's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The order of the members is upstream's; Annotations is always there, so it is never empty. */
export const customConfig = (input: CustomConfigInput): Built<string> => {
  const { flags, attached } = input
  const entrypoint = flags.text('entrypoint')
  return pipe(
    checked(flags, input.env),
    E.map(({ env, labels, annotations }) =>
      JSON.stringify({
        ...member('Hostname', flags.text('hostname')),
        ...member('User', flags.text('user')),
        ...member('AttachStdin', attached.stdin),
        ...member('AttachStdout', attached.output),
        ...member('AttachStderr', attached.output),
        ...member('Tty', flags.bool('tty')),
        ...member('OpenStdin', flags.bool('interactive')),
        ...member('Env', env),
        ...member('Cmd', input.command),
        ...member('WorkingDir', flags.text('workdir')),
        ...member('Entrypoint', entrypoint === undefined ? undefined : [entrypoint]),
        ...member('Labels', Object.fromEntries(labels)),
        Annotations: Object.fromEntries(annotations),
        ...member('StopSignal', flags.text('stop-signal')),
      }),
    ),
  )
}
