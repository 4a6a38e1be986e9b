/** `isula-sim`: simulated hours of container life, with every fault that the field has seen. */
import { readFile, writeFile } from 'node:fs/promises'
import { workerArgument } from './seed-pool.ts'
import { workOnSeeds } from './seed-worker.ts'
import { runSim } from './sim.ts'

/** A reader such as `head` that has seen enough ends the program; the rest is said to nobody. */
process.stdout.on('error', (error: Error) => {
  if ('code' in error && error.code === 'EPIPE') process.exit()
  throw error
})

const [, entry = '', ...args] = process.argv

if (args[0] === workerArgument) workOnSeeds()
else
  process.exitCode = await runSim(
    args,
    {
      out: (text) => void process.stdout.write(text),
      error: (text) => void process.stderr.write(text),
      isTerminal: process.stderr.isTTY,
      readFile: (path) => readFile(path, 'utf8'),
      writeFile: (path, text) => writeFile(path, text),
    },
    entry,
  )
