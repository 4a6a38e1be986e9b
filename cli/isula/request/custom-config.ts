/** The customconfig document of a create request (spec 22 sections 6 and 7). */
import { sequenceS } from 'fp-ts/lib/Apply.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { parseLabel } from '../../../domain/container/validate/environment.ts'
import { exposedPorts } from '../../../domain/container/validate/exposed-port.ts'
import type { FlagValues } from '../grammar/values.ts'
import { logAnnotationsOf } from './log-annotations.ts'
import { member } from './member.ts'
import { entriesOf } from './named-file.ts'
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

/** Those of the files first: what the command line says itself wins. */
const fromFiles = (flags: FlagValues, file: string, own: string): Built<ReadonlyArray<string>> =>
  pipe(
    eachBuilt(flags.list(file), (path) => entriesOf(`--${file}`, path)),
    E.map((files) => [...files.flat(), ...flags.list(own)]),
  )

/** `NAME` alone takes the client's own value: then no command line shows it. */
const secretOf = (
  entry: string,
  own: Readonly<Record<string, string | undefined>>,
): Built<string> => {
  if (/^[^=]+=/.test(entry)) return E.right(entry)
  const value = own[entry]
  return entry === '' || entry.startsWith('=') || value === undefined
    ? E.left(`Invalid secret variable '${entry}': want a variable of the environment, or KEY=VALUE`)
    : E.right(`${entry}=${value}`)
}

const annotation = (text: string): Built<readonly [string, string]> => {
  const equals = text.indexOf('=')
  return equals < 1
    ? E.left(`Invalid annotation '${text}': KEY=VALUE is needed`)
    : E.right([text.slice(0, equals), text.slice(equals + 1)])
}

const checked = (flags: FlagValues, own: Readonly<Record<string, string | undefined>>) =>
  sequenceS(E.Apply)({
    env: pipe(
      fromFiles(flags, 'env-file', 'env'),
      E.chain((entries) => environment(entries, own)),
    ),
    labels: pipe(
      fromFiles(flags, 'label-file', 'label'),
      E.chain((texts) => eachBuilt(texts, (text) => spoken(parseLabel(text)))),
    ),
    annotations: eachBuilt(flags.list('annotation'), annotation),
    log: logAnnotationsOf(flags),
    secrets: eachBuilt(flags.list('secret-env'), (entry) => secretOf(entry, own)),
    ports: spoken(exposedPorts(flags.list('expose'))),
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
    E.map(({ env, labels, annotations, log, ports, secrets }) =>
      JSON.stringify({
        ...member('Hostname', flags.text('hostname')),
        ...member('User', flags.text('user')),
        ...member('AttachStdin', attached.stdin),
        ...member('AttachStdout', attached.output),
        ...member('AttachStderr', attached.output),
        ...member('ExposedPorts', Object.fromEntries(ports.map((port) => [port, {}]))),
        ...member('Tty', flags.bool('tty')),
        ...member('OpenStdin', flags.bool('interactive')),
        ...member('Env', env),
        ...member('Cmd', input.command),
        ...member('WorkingDir', flags.text('workdir')),
        ...member('Entrypoint', entrypoint === undefined ? undefined : [entrypoint]),
        ...member('Labels', Object.fromEntries(labels)),
        Annotations: { ...Object.fromEntries(annotations), ...log },
        ...member('StopSignal', flags.text('stop-signal')),
        // A member of ours, sent only where it is asked for.
        ...member('SecretEnv', secrets),
      }),
    ),
  )
}
