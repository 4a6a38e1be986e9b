/** Builds `dist/`; a build of the present sources is not repeated. */
import { spawnSync } from 'node:child_process'

export const build = (project) => {
  console.log('Building dist/ …')
  const ran = spawnSync(process.execPath, ['cli/build/build.mjs'], {
    cwd: project,
    stdio: 'inherit',
  })
  if (ran.status !== 0) process.exit(ran.status ?? 1)
}
