/** Every text that a client sees for a refusal or a failure (specs 20, 22, 96 C.4). */
import { statusWord, type Container } from '../../domain/container/state.ts'
import type { Failure } from '../../domain/outcome.ts'
import type { EffectError } from '../../domain/ports/answer.ts'
import type { Refusal } from '../../domain/refusal.ts'
import type { SubmitError } from './engine-facade.ts'

/** spec 22 section 2: the code of almost every failure. */
export const ccSuccess = 0
export const ccExec = 5

export const noSuchContainer = (name: string): string => `No such container:${name}`
/** The client asks the images service next when it reads this. */
export const noSuchObject = (name: string): string =>
  `No such image or container or accelerator:${name}`
/** The client pulls and creates again when it reads this. */
export const noSuchImage = (name: string): string => `No such image:${name}`
export const ambiguousPrefix = (prefix: string): string =>
  `Multiple IDs found with provided prefix: ${prefix}`
export const ambiguousImage = (prefix: string): string =>
  `Multiple images found with provided prefix: ${prefix}`
export const notSupported = (what: string): string => `${what} is not supported yet`
export const noSuchVolume = (name: string): string => `No such volume: ${name}`
export const logsOfRemoved = 'can not get logs from container which is dead or marked for removal'
export const logsOfUnrecorded = (id: string): string =>
  `the output of container ${id} is not recorded: it was made with disable-log=true`
export const notRunning = (id: string): string => `Container ${id} is not running`
export const outputCut = 'the output was cut: this client stood still for too long'
export const unequalOutputs = 'stdout and stderr are attached together or not at all'
export const readOnlyRootfs = (id: string): string =>
  `The root file system of container ${id} is read-only: nothing can be copied to it`
export const invalidSignal = (signal: number): string => `Invalid signal: ${signal}`
export const invalidFilter = (key: string): string => `Invalid filter '${key}'`

type WrongState = Extract<Refusal, { _tag: 'WrongState' }>

const restarting = (id: string): string =>
  `Container ${id} is restarting, wait until the container is running`

const paused = (id: string, action: string): string =>
  `Container ${id} is paused, unpause the container before ${action}`

const removeText = ({ id, state }: WrongState): string => {
  if (state === 'paused')
    return (
      `You cannot remove a paused container ${id}. ` +
      'Unpause and then stop the container before attempting removal or use -f'
    )
  const word = state === 'starting' ? 'starting' : 'running'
  return (
    `You cannot remove a ${word} container ${id}. ` +
    'Stop the container before attempting removal or use -f'
  )
}

const pauseText = ({ id, state }: WrongState): string => {
  if (state === 'paused') return `Container ${id} is already paused`
  if (state === 'restarting') return restarting(id)
  return state === 'running' ? `Container ${id} is being stopped` : notRunning(id)
}

const unpauseText = ({ id, state }: WrongState): string => {
  if (state === 'restarting') return restarting(id)
  return state === 'running' ? `Container ${id} is not paused` : notRunning(id)
}

const execText = ({ id, state }: WrongState): string => {
  if (state === 'paused') return paused(id, 'exec')
  if (state === 'restarting') return restarting(id)
  return `Exec container error;Container is not running:${id}`
}

/** Undefined: it runs, so that one can attach to it (CLI-STATE-11). */
export const attachRefusal = (container: Container): string | undefined => {
  const { id } = container
  switch (statusWord(container)) {
    case 'running':
      return undefined
    case 'paused':
      return paused(id, 'attach')
    case 'restarting':
      return restarting(id)
    default:
      return `Attach container error;Container is not running:${id}`
  }
}

const killText = ({ id, state }: WrongState): string =>
  state === 'paused' ? paused(id, 'kill') : `Cannot kill container: ${notRunning(id)}`

const copyText = ({ id, state }: WrongState): string =>
  state === 'starting'
    ? `Container ${id} is starting, wait until the container is running`
    : `Container ${id} is being paused or unpaused, wait until it is done`

const wrongState = (refusal: WrongState): string => {
  switch (refusal.action) {
    case 'start':
      return 'cannot start a paused container, try unpause instead'
    case 'stop':
    case 'restart':
    case 'rename':
      return paused(refusal.id, refusal.action)
    case 'kill':
      return killText(refusal)
    case 'pause':
      return pauseText(refusal)
    case 'unpause':
      return unpauseText(refusal)
    case 'exec':
      return execText(refusal)
    case 'copy':
      return copyText(refusal)
    case 'remove':
      return removeText(refusal)
  }
}

const removalInProgress = (id: string, action: string): string => {
  if (action === 'start') return 'Container is marked for removal and cannot be started.'
  return action === 'remove'
    ? `Container:${id} was already in removal progress`
    : `Container ${id} is marked for removal, ${action} is not possible`
}

const imageInUse = (id: string, users: ReadonlyArray<string>): string =>
  `Image used by ${users.join(', ')}: ${id.slice(0, 12)} cannot be removed without -f`

/** */
const volumeInUse = (name: string, users: ReadonlyArray<string>): string =>
  `remove ${name}: volume is in use - [${users.join(', ')}]`

export const refusalText = (refusal: Refusal): string => {
  switch (refusal._tag) {
    case 'NoSuchContainer':
      return noSuchContainer(refusal.id)
    case 'NameInUse':
      return (
        `Conflict. The name "${refusal.name}" is already in use by container ${refusal.holder}. ` +
        'You have to remove (or rename) that container to be able to reuse that name.'
      )
    case 'IdInUse':
      return `Conflict. The id ${refusal.id} is already in use`
    case 'WrongState':
      return wrongState(refusal)
    case 'RemovalInProgress':
      return removalInProgress(refusal.id, refusal.action)
    case 'CreateInProgress':
      return `Container ${refusal.id} is still being created, ${refusal.action} is not possible`
    case 'UpdateInProgress':
      return `Container ${refusal.id} is already being updated`
    case 'InvalidUpdate':
      return refusal.message
    case 'Quarantined':
      return `${refusal.subject} is out of use: ${refusal.reason}`
    case 'NoSuchImage':
      return noSuchImage(refusal.reference)
    case 'ImageIncomplete':
      return `Image ${refusal.id} is still being loaded`
    case 'ImageInUse':
      return imageInUse(refusal.id, refusal.users)
    case 'NoSuchVolume':
      return noSuchVolume(refusal.name)
    case 'VolumeInUse':
      return volumeInUse(refusal.name, refusal.users)
    case 'VolumeBusy':
      return `volume ${refusal.name} is being ${refusal.doing}`
  }
}

export const submitErrorText = (error: SubmitError): string => {
  switch (error._tag) {
    case 'JournalReadOnly':
      return `journal is read-only: ${error.cause}`
    case 'OutcomeUnknown':
      return `outcome of request ${error.requestId} is unknown`
    default:
      return refusalText(error)
  }
}

/** Clients look for these words to tell 126 and 127 apart, in small letters (spec 22 section 2). */
const clientWords = /No such file or directory|Not a directory|Permission denied/g

const spoken = (error: string): string => error.replace(clientWords, (words) => words.toLowerCase())

/** Most errors name their errno themselves. */
export const withErrno = (errno: string, error: string): string =>
  error.includes(errno) ? error : `${errno}: ${error}`

export const effectErrorText = (error: EffectError): string =>
  error._tag === 'NotApplied' ? withErrno(error.errno, error.detail) : error.reason

type EffectFailed = Extract<Failure, { _tag: 'EffectFailed' }>

const startText = (failure: EffectFailed): string => {
  const { subject, errno, error } = failure
  if (errno === 'ERUNTIME')
    return `Start container error: runtime error: ${subject}:${spoken(error)}`
  return errno === 'ESRCH'
    ? `Start container error: Container is not running:${subject}`
    : `Start container error: ${withErrno(errno, spoken(error))}`
}

/** What the runtime says stands alone, other errors with their errno. */
const runtimeOr = (errno: string, error: string): string =>
  errno === 'ERUNTIME' ? spoken(error) : withErrno(errno, spoken(error))

const effectText = (failure: EffectFailed): string => {
  const { subject, errno, error } = failure
  switch (failure.action) {
    case 'create':
      return `Failed to prepare rootfs with error: ${withErrno(errno, error)}`
    case 'start':
      return startText(failure)
    case 'exec':
      return `Exec container error;${runtimeOr(errno, error)}`
    case 'signal':
      return `Cannot kill container: ${subject}: ${withErrno(errno, error)}`
    case 'pause':
      return `Pause container error: ${subject}: ${withErrno(errno, error)}`
    case 'unpause':
      return `Resume container error: ${subject}: ${withErrno(errno, error)}`
    case 'update':
      return `Cannot update container ${subject}: ${withErrno(errno, error)}`
    case 'copy':
      return `Copy error: ${withErrno(errno, error)}`
    case 'volume':
      return `Volume ${subject}: ${withErrno(errno, error)}`
    case 'load':
      return `Load image error: ${withErrno(errno, error)}`
  }
}

export const failureText = (failure: Failure): string => {
  switch (failure._tag) {
    case 'EffectFailed':
      return effectText(failure)
    case 'StopAbandoned':
      return `Stop container error: ${failure.id}: ${failure.reason}`
    case 'OvertakenByRemoval':
      return `Container ${failure.id} was removed meanwhile`
    case 'OvertakenByExit':
      return `Container ${failure.id} exited meanwhile`
  }
}
