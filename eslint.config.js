/** Lint rules: type-checked everywhere, and a pure core that can neither do I/O nor throw. */
import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

const testFiles = ['**/*.test.ts', '**/*.contract.ts', '**/*.prop.ts']

/** The core gets time, ids and entropy as arguments; failure is a value. */
const impureGlobals = [
  'Date',
  'process',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'console',
  'Buffer',
  'fetch',
  'performance',
  'crypto',
  'globalThis',
].map((name) => ({ name, message: 'domain performs no I/O: take it as an argument' }))

const impureSyntax = [
  ['ThrowStatement', 'domain never throws: return a refusal'],
  ['TryStatement', 'domain never throws, so there is nothing to catch'],
  ['AwaitExpression', 'domain is synchronous'],
  ['ForOfStatement[await=true]', 'domain is synchronous'],
  [':function[async=true]', 'domain is synchronous'],
].map(([selector, message]) => ({ selector, message }))

const noDefaultExport = [
  { selector: 'ExportDefaultDeclaration', message: 'named exports only' },
  { selector: 'ExportSpecifier[exported.name="default"]', message: 'named exports only' },
]

const typedRules = {
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
  ],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-import-type-side-effects': 'error',
  '@typescript-eslint/no-unnecessary-type-assertion': 'error',
  '@typescript-eslint/prefer-readonly': 'error',
  // Ports are implemented by async functions that need no await in the simplest case.
  '@typescript-eslint/require-await': 'off',
  // Numbers in texts are wanted; objects, unions with undefined and promises are not.
  '@typescript-eslint/restrict-template-expressions': [
    'error',
    { allowNumber: true, allowBoolean: true },
  ],
  '@typescript-eslint/no-confusing-void-expression': 'off',
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_$', ignoreRestSiblings: true },
  ],
  'no-restricted-syntax': ['error', ...noDefaultExport],
  'no-empty': ['error', { allowEmptyCatch: false }],
  eqeqeq: ['error', 'always'],
  'no-var': 'error',
  'prefer-const': 'error',
}

/** Plain Node programs: they run before anything is installed or compiled, so without types. */
const scriptGlobals = Object.fromEntries(
  [
    'process',
    'console',
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
    'URL',
    'Buffer',
  ]
    .concat(['module', 'require', 'AbortController', 'AbortSignal', 'performance'])
    .map((name) => [name, 'readonly']),
)

export default defineConfig(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      'coverage/**',
      '.tests/**',
      'adapters/rpc/wire/**/*.ts', // generated
    ],
  },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [js.configs.recommended],
    languageOptions: { globals: scriptGlobals },
  },
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: typedRules,
  },
  {
    files: ['domain/**/*.ts'],
    ignores: testFiles,
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'domain draws no random number' },
      ],
      'no-restricted-syntax': ['error', ...noDefaultExport, ...impureSyntax],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*'], message: 'domain performs no I/O' }] },
      ],
    },
  },
  {
    files: testFiles,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
)
