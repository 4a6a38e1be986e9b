/** Runs a program that must succeed. */
import { spawnSync } from 'node:child_process'

/** Answers stdout; throws with what the program said. */
export const succeed = (
  program: string,
  args: ReadonlyArray<string>,
  cwd: string = process.cwd(),
): string => {
  const maxBuffer = 64 * 1024 * 1024
  const ran = spawnSync(program, args, { encoding: 'utf8', cwd, maxBuffer })
  if (ran.status === 0) return ran.stdout
  const why = ran.error?.message ?? ran.stderr.trim()
  throw new Error(`${program} ${args.join(' ')}: ${why}`)
}
