/** The tree keeps to the style that lint cannot check: sizes, names, purposes, tests that run. */
import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../testing/suite.ts'
import {
  badName,
  longFile,
  longLines,
  machinePaths,
  neverRuns,
  noPurpose,
  syntaxComplaints,
} from './source-rules.ts'

const test = suite('tidy')
const root = join(import.meta.dirname, '../..')

/** Tables, which are long because what they list is long. */
const tables: ReadonlyArray<string> = []

/** Files whose names are fixed from outside. */
const fixedNames = new Set([
  'LICENSE',
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'KNOWN.md',
  '.dependency-cruiser.cjs',
])

/** The only files that may export a default: tools demand it. */
const defaultExports = new Set(['eslint.config.js'])

const isGenerated = (path: string): boolean =>
  path.startsWith('adapters/rpc/wire/') && path.endsWith('.ts') && !path.endsWith('.test.ts')

/** Protocol files are named in snake_case everywhere, and the generated code after them. */
const isNamedElsewhere = (path: string): boolean => isGenerated(path) || path.endsWith('.proto')

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)))
  .filter((path) => lstatSync(join(root, path)).isFile())

const isText = (path: string): boolean => !/\.(tar|gz|png|bin|zst)$/.test(path)
const isOwn = (path: string): boolean => /\.(ts|mjs|cjs|js)$/.test(path) && !isGenerated(path)
const isTest = (path: string): boolean => path.endsWith('.test.ts')
const own = files.filter(isOwn)
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

type Rule = (path: string) => ReadonlyArray<string>

const holds = (paths: ReadonlyArray<string>, rule: Rule): void => {
  const complaints = paths.flatMap((path) => rule(path).map((said) => `${path}: ${said}`))
  if (complaints.length > 0) assert.unreachable(`\n${complaints.join('\n')}\n`)
}

test('no line is longer than 100 characters', () => {
  holds(own, (path) => longLines(read(path)))
})

test('no file is longer than 400 lines, tables apart', () => {
  const bounded = own.filter((path) => !tables.includes(path))
  holds(bounded, (path) => longFile(read(path)))
})

test('functions are short, no catch is silent, nothing is exported as default', () => {
  holds(own, (path) =>
    syntaxComplaints(path, read(path)).filter(
      (said) => !(defaultExports.has(path) && said.endsWith('exports a default')),
    ),
  )
})

test('names are kebab-case and say what the file holds', () => {
  const named = files.filter((path) => !fixedNames.has(path.split('/').at(-1) ?? ''))
  holds(
    named.filter((path) => !isNamedElsewhere(path)),
    badName,
  )
})

test('each source file opens with its purpose', () => {
  holds(own, (path) => noPurpose(read(path)))
})

test('each test file ends with run()', () => {
  holds(own.filter(isTest), (path) => neverRuns(read(path)))
})

test('no file names a path of the machine it was written on', () => {
  holds(files.filter(isText), (path) => machinePaths(read(path)))
})

test('the lock file names no address: every registry and mirror will do', () => {
  holds(['package-lock.json'], (path) =>
    /"resolved": "http/.test(read(path)) ? ['holds a "resolved" address'] : [],
  )
})

test.run()
