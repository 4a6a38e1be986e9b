/** Writes `share/` into dist: completion and manual pages, generated from the parser's tables. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

/** The generator is source code like all else: bundled in memory, then called. */
const generator = async (root) => {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['cli/isula/shell/share-files.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'warning',
  })
  const code = Buffer.from(outputFiles[0].contents).toString('base64')
  return import(`data:text/javascript;base64,${code}`)
}

/** The pages carry the date of the build. */
export const writeShare = async (root, dist) => {
  const { shareFiles } = await generator(root)
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const date = new Date().toISOString().slice(0, 10)
  for (const { path, text } of shareFiles({ version, date })) {
    const target = join(dist, 'share', path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, text)
  }
}
