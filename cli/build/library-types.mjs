/** Declares the library's types: a tree of `.d.ts` files in dist that mirrors the sources. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

const project = 'cli/build/library.tsconfig.json'

/** Types are inferred, not checked: that is `npm run typecheck`'s work. */
export const declareLibrary = (root, outDir) =>
  new Promise((resolve, reject) => {
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const args = [compiler, '--project', join(root, project), '--outDir', outDir]
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (bytes) => (output += bytes))
    child.stderr.on('data', (bytes) => (output += bytes))
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`the types of the library cannot be declared:\n${output}`))
    })
  })
