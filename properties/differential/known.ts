/** Differences that a requirement demands: each has its paragraph in KNOWN.md. */
import type { Difference } from './compare.ts'

export interface Known {
  /** The heading in KNOWN.md, with the ids. */
  readonly name: string
  readonly is: (difference: Difference) => boolean
  /** The engines are in different states behind it. */
  readonly ends: boolean
}

const isPaused = ({ step, before }: Difference): boolean =>
  'name' in step && before[step.name]?.status === 'paused'

export const knownDifferences: ReadonlyArray<Known> = [
  {
    name: 'CLI-STATE-06: a paused container is left alone',
    is: (d) => isPaused(d) && ['stop', 'restart', 'kill', 'rename', 'rm'].includes(d.step.verb),
    ends: true,
  },
  {
    name: 'CLI-REF-02: removing what is not there is an error, also with -f',
    is: ({ step, what, before }) =>
      step.verb === 'rm' && what === 'exit code' && before[step.name] === undefined,
    ends: false,
  },
  {
    name: 'CLI-ERR-06: a container that could not be started has exited',
    is: ({ what, ours, theirs }) =>
      /^state of \w+: status$/.test(what) && ours === '"exited"' && theirs === '"created"',
    ends: true,
  },
  {
    name: 'CLI-ERR-06: a start that failed has left its exit code',
    is: ({ what, ours, theirs }) =>
      /^state of \w+: exitCode$/.test(what) && /^12[567]$/.test(ours) && theirs === '0',
    ends: true,
  },
  {
    name: 'spec 23 section 2: an error of the daemon is 1, also of an exec',
    is: ({ step, what, ours, theirs }) =>
      (step.verb === 'exec' || step.verb === 'look inside') &&
      what === 'exit code' &&
      ours === '1' &&
      /^(125|255)$/.test(theirs),
    ends: false,
  },
  {
    name: 'CLI-RENAME-01: a name in use is refused, also to the container that has it',
    is: ({ step, what, ours, theirs }) =>
      step.verb === 'rename' &&
      step.name === step.to &&
      what === 'exit code' &&
      ours === 'failed' &&
      theirs === 'done',
    ends: false,
  },
  {
    name: 'CLI-STATE-06: a paused container is shown as running, too',
    is: ({ what, ours, theirs }) =>
      /^state of \w+: running$/.test(what) && ours === 'true' && theirs === 'false',
    ends: false,
  },
  {
    name: 'spec 96 C.6: what the engine refuses to start has exited with 125',
    is: ({ what, ours, theirs }) =>
      /^state of \w+: exitCode$/.test(what) && ours === '125' && theirs === '128',
    ends: true,
  },
  {
    name: 'spec 23 section 2: a command that is not found ends with 127, also in an exec',
    is: ({ step, what, ours, theirs }) =>
      step.verb === 'exec' &&
      step.args.includes('no-such-program') &&
      ((what === 'exit code' && ours === '127' && theirs === '126') ||
        (what === 'output' && ours === '' && theirs.startsWith('OCI runtime exec failed'))),
    ends: false,
  },
  {
    name: 'CLI-CR-26: the host name is localhost unless it is given',
    is: ({ step, what, ours }) =>
      what === 'output' &&
      'command' in step &&
      step.command.includes('/proc/sys/kernel/hostname') &&
      ours === 'localhost\n',
    ends: false,
  },
]

export const knownDifference = (difference: Difference): Known | undefined =>
  knownDifferences.find(({ is }) => is(difference))
