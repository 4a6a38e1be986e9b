/** Builds `dist/`; a build of the present sources is not repeated. */
import { spawnSync } from 'node:child_process'

export const buildOnce = (project) => {
  const { status } = spawnSync(process.execPath, ['cli/build/build.mjs'], {
    cwd: project,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('The build failed.')
}
