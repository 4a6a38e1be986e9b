/** The lint rules bite: each banned construct is reported where it is banned, and not elsewhere. */
import { join } from 'node:path'
import { ESLint } from 'eslint'
import * as assert from 'uvu/assert'
import { suite } from '../testing/suite.ts'

const test = suite('lint rules')
const root = join(import.meta.dirname, '../..')
const eslint = new ESLint({ cwd: root })

const pure = 'domain/absurd.ts'
const impure = 'properties/testing/requirements.ts'

const rules = async (file: string, code: string): Promise<ReadonlyArray<string>> => {
  const [result] = await eslint.lintText(code, { filePath: join(root, file) })
  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message)
}

const bannedInDomain: ReadonlyArray<readonly [rule: string, code: string]> = [
  ['no-restricted-globals', 'export const now = (): number => Date.now()'],
  ['no-restricted-globals', 'export const pid = (): number => process.pid'],
  ['no-restricted-globals', 'export const later = (f: () => void) => void setTimeout(f, 1)'],
  ['no-restricted-globals', "export const say = (): void => console.log('x')"],
  ['no-restricted-globals', 'export const bytes = (): Buffer => Buffer.alloc(1)'],
  ['no-restricted-properties', 'export const draw = (): number => Math.random()'],
  ['no-restricted-syntax', "export const fail = (): never => { throw new Error('x') }"],
  ['no-restricted-syntax', 'export const wait = async (p: Promise<void>) => await p'],
  ['no-restricted-imports', "import { statSync } from 'node:fs'\nexport const f = statSync"],
]

for (const [rule, code] of bannedInDomain) {
  test(`domain may not say: ${code.split('\n')[0] ?? ''}`, async () => {
    assert.ok((await rules(pure, code)).includes(rule))
    assert.not((await rules(impure, code)).includes(rule))
  })
}

const bannedEverywhere: ReadonlyArray<readonly [rule: string, code: string]> = [
  ['@typescript-eslint/no-floating-promises', 'Promise.resolve(1)'],
  ['@typescript-eslint/no-explicit-any', 'export const f = (x: any): unknown => x'],
  ['@typescript-eslint/no-unsafe-return', "export const f = (): number => JSON.parse('1')"],
  ['@typescript-eslint/no-unsafe-member-access', "export const f = () => JSON.parse('1').x"],
  ['no-restricted-syntax', 'export default 1'],
  ['no-empty', 'try { String(1) } catch {}'],
  [
    '@typescript-eslint/switch-exhaustiveness-check',
    "export const f = (x: 'a' | 'b'): void => { switch (x) { case 'a': break } }",
  ],
  [
    '@typescript-eslint/consistent-type-imports',
    "import { Stats } from 'node:fs'\nexport type S = Stats",
  ],
  [
    '@typescript-eslint/no-explicit-any',
    '// eslint-disable-next-line\nexport const f = (x: any): unknown => x',
  ],
  ['@typescript-eslint/ban-ts-comment', "// @ts-ignore\nexport const f: number = 'x' + 'y'.length"],
]

for (const [rule, code] of bannedEverywhere) {
  test(`no file may say: ${code.split('\n').join(' / ')}`, async () => {
    assert.ok((await rules(impure, code)).includes(rule))
  })
}

test('a switch that ends in a default is complete', async () => {
  const code = "export const f = (x: 'a' | 'b'): number => { switch (x) { default: return 1 } }"
  assert.equal(await rules(impure, code), [])
})

test.run()
