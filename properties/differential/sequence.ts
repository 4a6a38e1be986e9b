/** Random sequences of commands that every engine of the field has, drawn from one seed. */
import { Prng } from '../../simulator/schedule/prng.ts'

/** The containers of a sequence; `spare` is only a name to rename to. */
export type Name = 'one' | 'two' | 'spare'

export type Step =
  | {
      readonly verb: 'create' | 'run' | 'run -d'
      readonly name: Name
      readonly flags: ReadonlyArray<string>
      readonly command: ReadonlyArray<string>
    }
  | { readonly verb: 'exec'; readonly name: Name; readonly args: ReadonlyArray<string> }
  | { readonly verb: 'stop' | 'restart'; readonly name: Name; readonly seconds: number }
  | { readonly verb: 'kill'; readonly name: Name; readonly signal: string }
  | { readonly verb: 'rm'; readonly name: Name; readonly force: boolean }
  | { readonly verb: 'rename'; readonly name: Name; readonly to: Name }
  | { readonly verb: 'list'; readonly status: Status | undefined }
  | {
      readonly verb: 'start' | 'pause' | 'unpause' | 'wait' | 'logs' | 'look inside'
      readonly name: Name
    }

/** Docker's words; ours are translated. */
export type Status = 'created' | 'running' | 'paused' | 'exited'

const stepsEach = 12

const many = <A>(prng: Prng, all: ReadonlyArray<A>, oneIn: number): ReadonlyArray<A> =>
  all.filter(() => prng.oneIn(oneIn))

/** Of each kind at most one; what stands in one list excludes each other. */
const flagKinds: ReadonlyArray<readonly [ReadonlyArray<string>, ...ReadonlyArray<string>[]]> = [
  [
    ['-e', 'KEY=value'],
    ['-e', 'KEY='],
    ['--env', 'KEY=a=b'],
  ],
  [['-e', 'OTHER=with blank']],
  [
    ['-w', '/tmp'],
    ['--workdir', '/made/for/it'],
  ],
  [
    ['-u', '65534'],
    ['--user', 'nobody'],
    ['-u', '65534:0'],
    ['-u', 'root'],
    ['-u', 'missing'],
  ],
  [
    ['-h', 'box'],
    ['--hostname', 'box.example'],
  ],
  [['--read-only']],
  [
    ['--tmpfs', '/scratch'],
    ['--tmpfs', '/scratch:size=1m'],
  ],
  [
    ['-m', '64m'],
    ['--memory', '32m', '--memory-swap', '-1'],
    ['-m', '1k'],
  ],
  [
    ['--cpus', '0.5'],
    ['--cpu-shares', '512'],
  ],
  [
    ['--cpuset-cpus', '0'],
    ['--cpuset-cpus', '4000'],
  ],
  [
    ['--pids-limit', '50'],
    ['--pids-limit', '-1'],
  ],
  [
    ['--ulimit', 'nofile=100:200'],
    ['--ulimit', 'nofile=300:200'],
    ['--ulimit', 'what=1'],
  ],
  [
    ['--cap-drop', 'ALL'],
    ['--cap-drop', 'CHOWN'],
    ['--cap-add', 'NO_SUCH'],
  ],
  [
    ['-l', 'team=blue'],
    ['--label', 'bare'],
  ],
  [
    ['--restart', 'no'],
    ['--restart', 'on-failure:1'],
    ['--restart', 'sometimes'],
  ],
  [
    ['--stop-signal', 'KILL'],
    ['--stop-signal', '10'],
    ['--stop-signal', 'NONSENSE'],
  ],
  [
    ['-v', '/etc:/seen:ro'],
    ['-v', 'relative/path:/seen'],
    ['-v', '/etc:seen'],
  ],
  [['--entrypoint', '/bin/echo']],
]

/** Values that are wrong would end most sequences at once: they are drawn less often. */
const isBad = (flag: ReadonlyArray<string>): boolean =>
  /missing|1k|4000|300:200|what=|NO_SUCH|sometimes|NONSENSE|relative|:seen$/.test(flag.join(' '))

const flagsOf = (prng: Prng): ReadonlyArray<string> => {
  const flags = many(prng, flagKinds, 6).map((kind) => {
    const flag = prng.pick(kind)
    return isBad(flag) && !prng.oneIn(3) ? kind[0] : flag
  })
  return flags.flat()
}

const commands: readonly [ReadonlyArray<string>, ...ReadonlyArray<string>[]] = [
  ['sleep', '1000'],
  ['sleep', '1000'],
  ['sh', '-c', 'trap "exit 5" TERM; echo begun; while :; do sleep 0.1; done'],
  ['true'],
  ['sh', '-c', 'echo out; echo err >&2; exit 3'],
  ['sh', '-c', 'kill -9 $$'],
  ['no-such-program'],
  ['/etc/passwd'],
]

const ending: typeof commands = [
  ['true'],
  ['sh', '-c', 'echo out; echo err >&2; exit 3'],
  ['sh', '-c', 'kill -9 $$'],
  ['sh', '-c', 'kill -15 $$; exit 9'],
  ['no-such-program'],
  ['/etc/passwd'],
  ['cat', '/proc/sys/kernel/hostname'],
]

const execs: typeof commands = [
  ['true'],
  ['sh', '-c', 'echo inside; exit 4'],
  ['no-such-program'],
  ['-e', 'EXTRA=1', '%', 'sh', '-c', 'echo $EXTRA'],
  ['-w', '/tmp', '%', 'pwd'],
  ['-u', '65534', '%', 'id', '-u'],
  ['-d', '%', 'true'],
  ['sh', '-c', 'kill -9 $$'],
]

const statuses: readonly [Status | undefined, ...(Status | undefined)[]] = [
  undefined,
  'created',
  'running',
  'paused',
  'exited',
]

type Draw = (prng: Prng, name: Name) => Step

const draws: readonly [Draw, ...Draw[]] = [
  (prng, name) => ({
    verb: 'create',
    name,
    flags: flagsOf(prng),
    command: prng.pick(commands),
  }),
  (prng, name) => ({
    verb: 'run -d',
    name,
    flags: [...flagsOf(prng), ...(prng.oneIn(6) ? ['--rm'] : [])],
    command: prng.pick(commands),
  }),
  (prng, name) => ({
    verb: 'run',
    name,
    flags: [...flagsOf(prng), ...(prng.oneIn(2) ? ['--rm'] : [])],
    command: prng.pick(ending),
  }),
  (_, name) => ({ verb: 'start', name }),
  (_, name) => ({ verb: 'start', name }),
  (prng, name) => ({ verb: 'stop', name, seconds: prng.pick([0, 1]) }),
  (prng, name) => ({ verb: 'restart', name, seconds: prng.pick([0, 1]) }),
  (prng, name) => ({
    verb: 'kill',
    name,
    signal: prng.pick(['KILL', '9', 'SIGTERM', 'TERM', 'USR1', '64', '200', 'WHAT']),
  }),
  (_, name) => ({ verb: 'pause', name }),
  (_, name) => ({ verb: 'unpause', name }),
  (_, name) => ({ verb: 'unpause', name }),
  (prng, name) => ({ verb: 'rm', name, force: prng.oneIn(2) }),
  (prng, name) => ({ verb: 'rename', name, to: prng.pick(['one', 'two', 'spare']) }),
  (prng, name) => ({ verb: 'exec', name, args: prng.pick(execs) }),
  (prng, name) => ({ verb: 'exec', name, args: prng.pick(execs) }),
  (_, name) => ({ verb: 'wait', name }),
  (_, name) => ({ verb: 'logs', name }),
  (_, name) => ({ verb: 'look inside', name }),
  (_, name) => ({ verb: 'look inside', name }),
  (prng) => ({ verb: 'list', status: prng.pick(statuses) }),
]

/** A sequence begins with a container, so that most of its commands have something to act on. */
export const sequenceOf = (seed: number): ReadonlyArray<Step> => {
  const prng = new Prng(seed)
  const first = prng.pick([draws[0], draws[1] ?? draws[0]])(prng, 'one')
  const rest = Array.from({ length: stepsEach - 1 }, () => {
    const name = prng.pick<Name>(['one', 'one', 'one', 'two', 'spare'])
    return prng.pick(draws)(prng, name)
  })
  return [first, ...rest]
}
