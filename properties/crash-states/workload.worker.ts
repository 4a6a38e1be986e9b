/** The traced program: `FOLDER VOICE WORKLOAD…`; each workload gets a folder of its name. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { runWorkload, Voice } from './workloads.ts'

const [folder = '', voicePath = '', ...names] = process.argv.slice(2)
const voice = new Voice(voicePath)
for (const name of names) {
  const root = join(folder, name)
  mkdirSync(root)
  await runWorkload(name, root, voice)
}
voice.close()
