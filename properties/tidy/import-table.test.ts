/** The import table is enforced: each forbidden import, planted in a small tree, is found. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../testing/suite.ts'

const test = suite('import table')
const root = join(import.meta.dirname, '../..')

interface Planted {
  readonly file: string
  readonly text: string
  /** The rule that must object; undefined: allowed. */
  readonly rule: string | undefined
}

const plant = (file: string, text: string, rule?: string): Planted => ({ file, text, rule })
const uses = (path: string): string => `import { x } from '${path}'\nexport const y = x\n`
const usesType = (path: string): string => `import type { X } from '${path}'\nexport type Y = X\n`

const planted: ReadonlyArray<Planted> = [
  plant('domain/file.ts', uses('node:fs'), 'domain-no-builtins'),
  plant('domain/up.ts', uses('../adapters/any.ts'), 'domain'),
  plant('domain/up-type.ts', usesType('../adapters/any.ts'), 'domain-types'),
  plant('domain/fine.ts', uses('fp-ts')),
  plant('journal/up.ts', uses('../adapters/any.ts'), 'journal'),
  plant('journal/up-type.ts', usesType('../adapters/any.ts'), 'journal-types'),
  plant('journal/spawns.ts', uses('node:child_process'), 'journal-no-network-no-processes'),
  plant('journal/fine.ts', uses('node:fs')),
  plant('journal/store/other.ts', uses('level'), 'level-in-one-place'),
  plant('journal/store/level-store.ts', uses('level')),
  plant('adapters/up.ts', uses('../journal/any.ts'), 'adapters'),
  plant('adapters/up-type.ts', usesType('../journal/any.ts')),
  plant('adapters/simulated.ts', usesType('../simulator/any.ts'), 'adapters-types'),
  plant('adapters/layers/native.ts', uses('koffi'), 'koffi-in-one-place'),
  plant('adapters/kernel/native.ts', uses('koffi')),
  plant('adapters/tested.ts', uses('uvu'), 'test-libraries-in-tests'),
  plant('adapters/fine.test.ts', uses('uvu') + uses('../simulator/any.ts')),
  plant('adapters/of-test.ts', uses('./fine.test.ts'), 'tests-are-leaves'),
  plant('simulator/up.ts', uses('../adapters/any.ts'), 'simulator'),
  plant('cli/isula/up.ts', uses('../../journal/any.ts'), 'isula'),
  plant('cli/isula/fine.ts', uses('../../adapters/rpc/wire/any.ts')),
  plant('cli/isula-audit/up.ts', uses('../../adapters/any.ts'), 'isula-audit'),
  plant('cli/isula-sim/up.ts', uses('../../adapters/any.ts'), 'isula-sim'),
  plant('cli/isulad/up.ts', uses('../../simulator/any.ts'), 'isulad'),
  plant('cli/isulad/fine.ts', uses('../../journal/any.ts')),
  plant('adapters/lost.ts', uses('./nowhere.ts'), 'resolvable'),
  plant('adapters/dead.ts', 'export const x = 1\n', 'no-orphans'),
  plant('adapters/ring-a.ts', uses('./ring-b.ts'), 'no-circular'),
  plant('adapters/ring-b.ts', uses('./ring-a.ts')), // one ring is reported once
]

const targets = ['domain', 'journal', 'adapters', 'adapters/rpc/wire', 'simulator']
const packages = ['fp-ts', 'level', 'koffi', 'uvu']
const source = 'export const x = 1\nexport type X = 1\n'

const write = (folder: string, file: string, text: string): void => {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), text)
}

const makeTree = (folder: string): void => {
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json']) {
    cpSync(join(root, file), join(folder, file))
  }
  const dependencies = Object.fromEntries(packages.map((name) => [name, '1.0.0']))
  write(folder, 'package.json', JSON.stringify({ type: 'module', dependencies }))
  for (const name of packages) {
    write(folder, `node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }))
    write(folder, `node_modules/${name}/index.js`, 'exports.x = 1\n')
  }
  for (const target of targets) write(folder, `${target}/any.ts`, source)
  for (const { file, text } of planted) write(folder, file, text)
}

interface Violation {
  readonly from: string
  readonly rule: { readonly name: string }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const isViolation = (value: unknown): value is Violation =>
  isRecord(value) && typeof value['from'] === 'string' && isRecord(value['rule'])

const violations = (folder: string): ReadonlyArray<Violation> => {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const flags = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json']
  const trees = ['domain', 'journal', 'adapters', 'simulator', 'cli']
  const ran = spawnSync(process.execPath, [program, ...flags, ...trees], {
    cwd: folder,
    encoding: 'utf8',
  })
  const parsed: unknown = JSON.parse(ran.stdout)
  const summary = isRecord(parsed) ? parsed['summary'] : undefined
  const found = isRecord(summary) ? summary['violations'] : undefined
  assert.ok(Array.isArray(found), ran.stderr)
  return found.filter(isViolation)
}

test('each forbidden import is found by its rule, and each allowed one passes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'import-table-'))
  try {
    makeTree(folder)
    const found = violations(folder)
    const rulesOf = (file: string): ReadonlyArray<string> =>
      found.filter((violation) => violation.from === file).map(({ rule }) => rule.name)
    for (const { file, rule } of planted) {
      const got = [...new Set(rulesOf(file))]
      assert.equal(got, rule === undefined ? [] : [rule], `${file}: ${got.join(', ')}`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.run()
