/** Turns the coverage that V8 wrote during the tests into a report. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { runChild } from './child.mjs'

/** What the tests must reach, in percent, of the parts that everything else stands on. */
const floors = { domain: { lines: 95, branches: 90 }, journal: { lines: 95, branches: 90 } }

const sourcesOf = (root, folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name))

/** Whether nothing is left of a file when its types are taken away: it cannot run, or be missed. */
export const holdsTypesOnly = (text) =>
  transformSync(text, {
    loader: 'ts',
    legalComments: 'none',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  }).code.trim() === ''

const configFor = (root) => {
  const config = JSON.parse(readFileSync(join(root, '.c8rc.json'), 'utf8'))
  const folders = config.include.map((pattern) => pattern.split('/')[0])
  const types = folders
    .flatMap((folder) => sourcesOf(root, folder))
    .filter((path) => holdsTypesOnly(readFileSync(join(root, path), 'utf8')))
  return { ...config, exclude: [...config.exclude, ...types] }
}

/** `[3, 4, 5, 9]` as `3-5 9`. */
export const inRanges = (numbers) => {
  const ranges = []
  for (const n of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === n - 1) last[1] = n
    else ranges.push([n, n])
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(' ')
}

const missedOf = ({ s, statementMap, b, branchMap }) => {
  const lines = Object.keys(s).filter((key) => s[key] === 0)
  const branches = Object.keys(b).flatMap((key) =>
    b[key].flatMap((count, i) => (count === 0 ? [branchMap[key].locations[i].start.line] : [])),
  )
  return { lines: lines.map((key) => statementMap[key].start.line), branches }
}

/** One line per file not reached whole: `path | lines | lines where missed branches begin`. */
const uncovered = (root, files) =>
  Object.entries(files)
    .map(([path, file]) => ({ path: path.slice(root.length + 1), ...missedOf(file) }))
    .filter(({ lines, branches }) => lines.length + branches.length > 0)
    .map(({ path, lines, branches }) => `${path} | ${inRanges(lines)} | ${inRanges(branches)}`)
    .sort()

const percent = (hit, total) => (total === 0 ? 100 : (100 * hit) / total)

const sumOf = (root, files, folder) => {
  const within = Object.entries(files).filter(([path]) => path.startsWith(join(root, folder, '/')))
  const counts = (values) => ({ hit: values.filter((n) => n > 0).length, total: values.length })
  const lines = counts(within.flatMap(([, { s }]) => Object.values(s)))
  const branches = counts(within.flatMap(([, { b }]) => Object.values(b).flat()))
  return {
    lines: percent(lines.hit, lines.total),
    branches: percent(branches.hit, branches.total),
  }
}

const tellFloors = (root, files) => {
  for (const [folder, floor] of Object.entries(floors)) {
    const sum = sumOf(root, files, folder)
    const said = ['lines', 'branches'].map((what) => {
      const verdict = sum[what] < floor[what] ? `, below ${floor[what]} %` : ''
      return `${what} ${sum[what].toFixed(2)} %${verdict}`
    })
    console.log(`coverage of ${folder}: ${said.join('; ')}`)
  }
}

/** Prints the summary; reports and `uncovered.txt` are in coverage/. Throws if it cannot. */
export const reportCoverage = async (root, collected) => {
  const config = join(collected, '..', 'c8.json')
  writeFileSync(config, JSON.stringify(configFor(root)))
  const { code, output } = await runChild({
    program: join(root, 'node_modules/.bin/c8'),
    args: ['report', '--config', config, '--temp-directory', collected],
    cwd: root,
    deadlineMs: 300_000,
  })
  console.log(output)
  if (code !== 0) throw new Error(`c8 report ended with code ${code}`)
  const files = JSON.parse(readFileSync(join(root, 'coverage/coverage-final.json'), 'utf8'))
  writeFileSync(join(root, 'coverage/uncovered.txt'), `${uncovered(root, files).join('\n')}\n`)
  tellFloors(root, files)
}
