/** The help texts of `isula-sim`. */
import { faultKinds } from '../../simulator/faults/fault-kinds.ts'
import { plantedBugs } from '../../simulator/explore/planted-bugs.ts'

const exits = `
Exit codes: 0 every invariant held, 1 one was broken, 2 wrong usage or an unreadable file.
`

const kindLines = (): string => {
  const classes = [...new Set(Object.values(faultKinds))]
  const ofClass = (name: string): string =>
    Object.entries(faultKinds)
      .filter(([, its]) => its === name)
      .map(([kind]) => kind)
      .join(' ')
  return classes.map((name) => `  ${name.padEnd(4)} ${ofClass(name)}\n`).join('')
}

const drawHelp = (): string => `  --hours H        simulated hours of each run (1)
  --faults LIST    all, none, or kinds and classes separated by commas (all):
${kindLines()
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => `                 ${line}\n`)
  .join('')}  --planted NAME   plants a bug, to see it found: ${Object.keys(plantedBugs).join(' ')}
`

const overview = `Usage:  isula-sim COMMAND

Runs the real engine on a simulated host that fails in every documented way.

Commands:
  run       many seeds, all invariants
  replay    one seed or stored plan, with its trace
  shrink    makes a failing seed or plan small
  explore   kills the daemon at every point of one scenario

isula-sim COMMAND --help tells more.
${exits}`

const run = (): string => `Usage:  isula-sim run [OPTIONS]

Runs seeds and checks every invariant; a failing seed is printed with the command that replays it.
One seed in twenty is run twice and must leave the same trace.

  --seeds N        how many seeds (100)
  --from SEED      the first one (1)
  --jobs J         processes (one per processor)
  --json FILE      a report for machines; - is the standard output
${drawHelp()}${exits}`

const replay = (): string => `Usage:  isula-sim replay SEED|FILE [OPTIONS]

Runs one seed, or a plan stored by shrink, and prints its trace: time, commands, events, effects,
faults, and what broke. The options of the run that failed must be given again for a SEED.

  --all            the trace of a run that holds, too
${drawHelp()}${exits}`

const shrink = (): string => `Usage:  isula-sim shrink SEED|FILE [OPTIONS]

Takes away commands and faults of a failing run as long as it breaks the same invariant.

  --out FILE       stores the smallest plan as JSON, for replay
  --seconds S      longest time (60)
${drawHelp()}${exits}`

const explore = `Usage:  isula-sim explore SCENARIO [OPTIONS]
        isula-sim explore --list

Kills the daemon at each boundary of the scenario, one run per boundary, and checks every
invariant. SCENARIO is a name or the number that --list shows.

  --nested         kills the next daemon at each boundary of its recovery as well
  --seed SEED      the order of steps (1)
  --json FILE      a report for machines; - is the standard output
  --planted NAME   plants a bug, to see it found
${exits}`

/** The overview where `command` is none of ours. */
export const usage = (command?: string): string => {
  switch (command) {
    case 'run':
      return run()
    case 'replay':
      return replay()
    case 'shrink':
      return shrink()
    case 'explore':
      return explore
    default:
      return overview
  }
}
