/** The client's customconfig document, checked and merged with the image's config. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { HostConfig, Mount, ProcessConfig } from '../config.ts'
import { checkLogOptions } from '../log-options.ts'
import * as doc from './document.ts'
import type { Document } from './document.ts'
import { checkLabelKey, checkVariable, defaultPath, hasVariable, mergeEnv } from './environment.ts'
import { exposedPorts } from './exposed-port.ts'
import type { ImageProcess } from './image-config.ts'
import { containerConfigMembers } from './members.ts'
import { parseMountFlag } from './mount-flag.ts'
import { checkHostname } from './names.ts'
import { namespaceMode } from './namespace-mode.ts'
import { cleanPath } from './paths.ts'
import { allOf, checkAll, refuse, type Checked } from './refusal.ts'
import { secretNames } from './secret-env.ts'
import { checkStopSignal } from './stop-signal.ts'
import { checkUmaskPolicy, umaskAnnotation, umaskPolicy } from './umask.ts'

const envOf = (given: ReadonlyArray<string>, image: ImageProcess, tty: boolean) => {
  const env = mergeEnv(image.Env, given)
  const path = hasVariable(env, 'PATH') ? [] : [defaultPath]
  const term = tty && !hasVariable(env, 'TERM') ? ['TERM=xterm'] : []
  return [...path, ...term, ...env]
}

type Command = Pick<ProcessConfig, 'Entrypoint' | 'Cmd'>

/** A given entry point takes the image's command away; one empty word takes both away. */
const commandOf = (given: Command, image: ImageProcess): Checked<Command> => {
  const entryGiven = given.Entrypoint.length > 0
  const cleared = given.Entrypoint.length === 1 && given.Entrypoint[0] === ''
  const Entrypoint = cleared ? [] : entryGiven ? given.Entrypoint : image.Entrypoint
  const Cmd = given.Cmd.length > 0 || entryGiven ? given.Cmd : image.Cmd
  if (Entrypoint.length + Cmd.length === 0)
    return refuse('ContainerConfig.Cmd', 'No command specified')
  return [...Entrypoint, ...Cmd].some((word) => word.includes('\0'))
    ? refuse('ContainerConfig.Cmd', 'Invalid command: a word contains a NUL byte')
    : E.right({ Entrypoint, Cmd })
}

const workingDir = (path: string): Checked<string> =>
  path === '' || cleanPath(path) !== undefined
    ? E.right(path)
    : refuse(
        'ContainerConfig.WorkingDir',
        `The working directory '${path}' is invalid. It needs to be an absolute path`,
      )

interface Annotated {
  readonly Annotations: Readonly<Record<string, string>>
  readonly Umask: number
}

/** The container's own `native.umask` wins over the daemon's (CLI-CR-01). */
const annotate = (document: Document, daemonUmask: number): Checked<Annotated> =>
  pipe(
    doc.textMap(document, 'Annotations'),
    E.chain((given) => {
      const log = checkLogOptions(given)
      if (E.isLeft(log)) return log
      const word = given[umaskAnnotation] ?? umaskPolicy(daemonUmask)
      return pipe(
        checkUmaskPolicy(word),
        E.map((Umask) => ({ Annotations: { ...given, [umaskAnnotation]: word }, Umask })),
      )
    }),
  )

const readGiven = (document: Document, image: ImageProcess, daemonUmask: number) =>
  allOf({
    Hostname: pipe(doc.text(document, 'Hostname'), E.chain(checkHostname)),
    User: doc.text(document, 'User'),
    Tty: doc.flag(document, 'Tty'),
    OpenStdin: doc.flag(document, 'OpenStdin'),
    AttachStdin: doc.flag(document, 'AttachStdin'),
    AttachStdout: doc.flag(document, 'AttachStdout'),
    AttachStderr: doc.flag(document, 'AttachStderr'),
    Env: pipe(
      doc.texts(document, 'Env'),
      E.chainFirst((env) => checkAll(env, checkVariable)),
    ),
    command: pipe(
      allOf({ Entrypoint: doc.texts(document, 'Entrypoint'), Cmd: doc.texts(document, 'Cmd') }),
      E.chain((given) => commandOf(given, image)),
    ),
    WorkingDir: pipe(
      doc.text(document, 'WorkingDir'),
      E.map((given) => (given === '' ? image.WorkingDir : given)),
      E.chain(workingDir),
    ),
    Labels: pipe(
      doc.textMap(document, 'Labels'),
      E.chainFirst((labels) => checkAll(Object.keys(labels), checkLabelKey)),
    ),
    annotated: annotate(document, daemonUmask),
    SecretEnv: pipe(doc.texts(document, 'SecretEnv'), E.map(secretNames)),
    ExposedPorts: pipe(doc.objectNames(document, 'ExposedPorts'), E.chain(exposedPorts)),
    StopSignal: pipe(
      doc.text(document, 'StopSignal'),
      E.map((given) => [given, image.StopSignal, 'SIGTERM'].find((text) => text !== '') ?? ''),
      E.chain(checkStopSignal),
    ),
    images: allOf({ name: doc.text(document, 'Image'), reference: doc.text(document, 'ImageRef') }),
  })

export interface ProcessInput {
  readonly document: Document
  readonly image: ImageProcess
  readonly host: Modes
  readonly daemonUmask: number
}

type Modes = Pick<HostConfig, 'NetworkMode' | 'UTSMode'>

/** RES-NS-07: `localhost` unless given; empty for the host's name, as in the host's network. */
const hostname = (given: string, { NetworkMode, UTSMode }: Modes): string =>
  given === '' && NetworkMode !== 'host' && UTSMode !== 'host' ? 'localhost' : given

/** Another's name would change with it. */
const checkOwnName = (given: string, { UTSMode }: Modes): Checked<string> =>
  given === '' || namespaceMode(UTSMode)._tag === 'Own'
    ? E.right(given)
    : refuse(
        'ContainerConfig.Hostname',
        `Conflicting options: hostname "${given}" and the UTS mode "${UTSMode}"`,
      )

export const readProcessConfig = ({
  document,
  image,
  host,
  daemonUmask,
}: ProcessInput): Checked<ProcessConfig> =>
  pipe(
    doc.checkMembers(document, containerConfigMembers),
    E.chain(() => readGiven(document, image, daemonUmask)),
    E.chainFirst((given) => checkOwnName(given.Hostname, host)),
    E.map(({ command, annotated, images: _, ...given }) => ({
      ...given,
      ...command,
      ...annotated,
      Hostname: hostname(given.Hostname, host),
      User: given.User === '' ? image.User : given.User,
      Env: envOf(given.Env, image, given.Tty),
      Labels: { ...image.Labels, ...given.Labels },
    })),
  )

/** `--mount` flags that a client passes on as they were typed. */
export const readMountFlags = (document: Document): Checked<ReadonlyArray<Mount>> =>
  pipe(
    doc.texts(document, 'Mounts'),
    E.chain((flags) => checkAll(flags, parseMountFlag)),
  )
