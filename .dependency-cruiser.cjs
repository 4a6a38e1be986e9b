/** The import table of the folders: who may depend on whom, enforced. */
const tests = '\\.(test|contract|prop)\\.ts$'
const npm = (...names) => `^node_modules/(${names.join('|')})(/|$)`
const folders = '^(domain|journal|adapters|simulator|properties|cli)/'

/** Nothing outside `allowed` (regular expressions of paths) may be imported by `from`. */
const only = (name, from, allowed, extra = {}) => ({
  name,
  severity: 'error',
  comment: `${from} may import: ${allowed.join(' ')}`,
  from: { path: from, pathNot: tests, ...extra },
  to: { pathNot: allowed, dependencyTypesNot: ['type-only', 'core', 'unknown'] },
})

/** `import type` is free of run-time coupling, but not of layering: the folders still count. */
const typesOnly = (name, from, allowed) => ({
  name: `${name}-types`,
  severity: 'error',
  comment: `${from} may import types from: ${allowed.join(' ')}`,
  from: { path: from, pathNot: tests },
  to: { pathNot: allowed, dependencyTypes: ['type-only'], dependencyTypesNot: ['core', 'unknown'] },
})

const layer = (name, from, allowed, types = []) => [
  only(name, from, allowed),
  typesOnly(name, from, [...allowed, ...types]),
]

const fp = npm('fp-ts', 'io-ts')
const libraries = '^node_modules/'
const wire = '^adapters/rpc/wire/'
const wireLibraries = npm('@bufbuild/protobuf')

/** The one library that may be imported at one place alone. */
const confined = (library, place) => ({
  name: `${library.split('|')[0]}-in-one-place`,
  severity: 'error',
  comment: `${library} is imported under ${place} alone`,
  from: { path: folders, pathNot: [place] },
  to: { path: npm(...library.split('|')) },
})

const layers = [
  ...layer('domain', '^domain/', ['^domain/', fp]),
  {
    name: 'domain-no-builtins',
    severity: 'error',
    comment: 'domain performs no I/O',
    from: { path: '^domain/', pathNot: tests },
    to: { dependencyTypes: ['core'] },
  },
  ...layer('journal', '^journal/', [
    '^(journal|domain)/',
    fp,
    npm('level', 'classic-level', 'abstract-level'),
  ]),
  {
    name: 'journal-no-network-no-processes',
    severity: 'error',
    comment: 'the journal touches files; processes, sockets and threads belong to adapters',
    from: { path: '^journal/', pathNot: tests },
    to: {
      dependencyTypes: ['core'],
      path: '^(node:)?(child_process|net|http|http2|https|dgram|tls|worker_threads|cluster)$',
    },
  },
  ...layer('adapters', '^adapters/', ['^(adapters|domain)/', libraries], ['^journal/']),
  ...layer('simulator', '^simulator/', ['^(simulator|domain|journal)/', fp, npm('fast-check')]),
  ...layer('isula', '^cli/isula/', [
    '^cli/isula/',
    '^domain/',
    // Both ends of a copy read and write file trees by the same rules.
    '^adapters/copy/tree/',
    wire,
    fp,
    wireLibraries,
  ]),
  ...layer('isulad', '^cli/isulad/', [
    '^cli/isulad/',
    '^(domain|journal|adapters)/',
    fp,
    npm('pino'),
  ]),
  ...layer('isula-audit', '^cli/isula-audit/', [
    '^cli/isula-audit/',
    '^cli/isula/transport/',
    '^(domain|journal)/',
    '^adapters/(observe|cgroups|ambient)/',
    wire,
    fp,
    wireLibraries,
  ]),
  ...layer('isula-sim', '^cli/isula-sim/', [
    '^cli/isula-sim/',
    '^(domain|journal|simulator|properties)/',
    fp,
    npm('fast-check'),
  ]),
]

module.exports = {
  forbidden: [
    ...layers,
    confined('level|classic-level|abstract-level', '^journal/store/level-'),
    confined('koffi', '^adapters/kernel/'),
    {
      name: 'tests-are-leaves',
      severity: 'error',
      comment: 'a test file is run, never imported; contracts and properties are imported by tests',
      from: {},
      to: { path: '\\.test\\.ts$' },
    },
    {
      name: 'test-libraries-in-tests',
      severity: 'error',
      comment: 'uvu and properties/testing belong to tests',
      from: { path: folders, pathNot: [tests, '^properties/'] },
      to: { path: [npm('uvu'), '^properties/testing/'] },
    },
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'a cycle at run time: types may refer to each other',
      from: { path: folders },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'a module that nobody imports and that imports nothing is dead',
      from: {
        orphan: true,
        path: folders,
        pathNot: [
          tests,
          '/main\\.ts$',
          '\\.worker\\.ts$',
          '\\.(mjs|d\\.mts)$',
          '^adapters/rpc/wire/',
        ],
      },
      to: {},
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'an import must lead somewhere; bun: modules exist in the compiled client alone',
      from: { path: folders },
      to: { couldNotResolve: true, pathNot: '^bun:' },
    },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      comment: 'a package that package.json does not name may vanish with the next install',
      from: { path: folders },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: npm('@types') },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js'],
    },
  },
}
