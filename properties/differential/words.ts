/** A step as the command line of one engine. */
import type { Name, Status, Step } from './sequence.ts'

/** What engines call differently. */
export interface Dialect {
  readonly image: string
  readonly status: (status: Status) => string
}

/** What the processes of a container see of their configuration, one fact a line. */
const insideScript = [
  'echo uid $(id -u) gid $(id -g) groups $(id -G)',
  'echo in $(pwd)',
  'env | grep -E "^(KEY|OTHER)=" | sort',
  'echo open files $(ulimit -Sn) $(ulimit -Hn)',
  'case $(hostname) in box*) hostname;; esac',
  'if touch /written 2>/dev/null; then rm /written; echo root is writable; fi',
  'if [ -d /scratch ]; then grep " /scratch " /proc/mounts | cut -d" " -f1-3; fi',
  'if [ -d /seen ]; then touch /seen/x 2>/dev/null || echo seen is read-only; fi',
  'tr "\\0" " " </proc/1/cmdline; echo',
  'cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null',
  'cat /sys/fs/cgroup/pids/pids.max 2>/dev/null',
  'cat /sys/fs/cgroup/cpu/cpu.shares 2>/dev/null',
  'cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null',
  'cat /sys/fs/cgroup/cpuset/cpuset.cpus 2>/dev/null',
].join('; ')

/** Full container names; sequences run side by side. */
export const fullName = (prefix: string, name: Name): string => `${prefix}-${name}`

export const wordsOf = (
  step: Step,
  prefix: string,
  { image, status }: Dialect,
): ReadonlyArray<string> => {
  const name = 'name' in step ? fullName(prefix, step.name) : ''
  switch (step.verb) {
    case 'create':
      return ['create', '--name', name, '--net', 'none', ...step.flags, image, ...step.command]
    case 'run':
      return ['run', '--name', name, '--net', 'none', ...step.flags, image, ...step.command]
    case 'run -d':
      return ['run', '-d', '--name', name, '--net', 'none', ...step.flags, image, ...step.command]
    case 'exec': {
      const at = step.args.indexOf('%')
      return ['exec', ...step.args.slice(0, Math.max(0, at)), name, ...step.args.slice(at + 1)]
    }
    case 'stop':
    case 'restart':
      return [step.verb, '-t', String(step.seconds), name]
    case 'kill':
      return ['kill', '-s', step.signal, name]
    case 'rm':
      return ['rm', ...(step.force ? ['-f'] : []), name]
    case 'rename':
      return ['rename', name, fullName(prefix, step.to)]
    case 'list': {
      const filter = step.status === undefined ? [] : ['--filter', `status=${status(step.status)}`]
      const format = ['--format', '{{.Names}}']
      return ['ps', '-a', '--filter', `name=${prefix}-`, ...filter, ...format]
    }
    case 'look inside':
      return ['exec', name, 'sh', '-c', insideScript]
    case 'start':
    case 'pause':
    case 'unpause':
    case 'wait':
    case 'logs':
      return [step.verb, name]
  }
}
