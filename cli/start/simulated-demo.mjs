/** The tour of `npm start` on the simulated host, which needs neither Linux nor root. */
import { spawnSync } from 'node:child_process'

const run = (project, args) =>
  spawnSync(process.execPath, args, { cwd: project, stdio: ['ignore', 'inherit', 'inherit'] })
    .status === 0

const next = (project) => `
Next:
  export PATH=${project}/dist:$PATH
  isula-sim run --seeds 200 --hours 2               more hours, on all processors
  isula-sim replay 3 --hours 1 --all                one run, line by line
  isula-sim run --planted forgotten-unmount --seeds 3
                                                    a planted bug is found …
  isula-sim shrink 1 --planted forgotten-unmount    … and made small
  isula-sim explore --list                          scenarios, each to be killed at every point`

/** Nothing goes on afterwards. Throws where something breaks. */
export const runSimulatedDemo = (project, why) => {
  console.log(`\n${why} This tour takes place on the simulated host.\n`)
  if (!run(project, ['--import', 'tsx', 'cli/start/simulated-story.ts']))
    throw new Error('The simulated story broke an invariant.')
  const seeds = ['run', '--seeds', '5', '--hours', '1']
  console.log(`\nNow with everything going wrong that can:\n\n$ isula-sim ${seeds.join(' ')}`)
  if (!run(project, ['dist/lib/isula-sim.mjs', ...seeds]))
    throw new Error('A seed broke an invariant.')
  console.log(next(project))
}
