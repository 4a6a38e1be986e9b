/**
 * Takes away what a test's daemon cannot clean up any more, because the test destroyed its
 * journal.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, rmdirSync } from 'node:fs'
import { holdings, type Place } from './leaks.ts'
import { eventually } from './processes.ts'

const killIfThere = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** The daemon itself must be dead. */
export const sweep = async (daemon: Place): Promise<void> => {
  await eventually('all processes are gone', () => {
    const { processes } = holdings(daemon)
    for (const line of processes) killIfThere(Number(line.split(' ')[0]))
    return processes.length === 0
  })
  for (const mount of [...holdings(daemon).mounts].reverse()) execFileSync('umount', [mount])
  await eventually('all cgroups are gone', () => {
    const { cgroups } = holdings(daemon)
    for (const cgroup of cgroups) if (existsSync(cgroup)) rmdirSync(cgroup)
    return cgroups.length === 0
  })
  for (const hierarchy of ['', ...readdirSync('/sys/fs/cgroup').map((name) => `/${name}`)]) {
    const parent = `/sys/fs/cgroup${hierarchy}${daemon.cgroupParent}`
    if (existsSync(parent)) rmdirSync(parent)
  }
}
