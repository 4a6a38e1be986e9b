/** Completion and manual pages hold what the parser's tables hold, and a real bash uses them. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { equal, is, not, ok } from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { commandTable } from '../grammar/commands.ts'
import { commonFlags } from '../grammar/flag.ts'
import { parseInvocation } from '../grammar/invocation.ts'
import { bashCompletion } from './bash-completion.ts'
import { manPages } from './man-page.ts'
import { operandOffer } from './offers.ts'
import { shareFiles } from './share-files.ts'
import { zshCompletion } from './zsh-completion.ts'

const test = suite('shell files')
const folder = mkdtempSync(join(tmpdir(), 'isula-shell-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const edition = { version: '1.2.3', date: '2026-01-02' }

/** The program that completion asks for names; it tells in `host` whom it was asked to ask. */
const fakeClient = `#!/bin/sh
[ "$1" = -H ] && { echo "$2" >>${folder}/host; shift 2; }
case $1 in
  ps) printf '%s\\n' web webster db ;;
  images) printf '%s\\n' busybox:latest busybox:old alpine:3 ;;
esac
`

/** Presses tab at the end of each line; answers what is offered, line by line. */
const completed = (...lines: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => {
  const [client, script] = [join(folder, 'isula'), join(folder, 'completion')]
  writeFileSync(client, fakeClient)
  chmodSync(client, 0o755)
  writeFileSync(script, bashCompletion())
  const calls = lines.map((line) => {
    const quoted = `'${line.replaceAll("'", "'\\''")}'`
    return `COMP_LINE=${quoted}; COMP_POINT=\${#COMP_LINE}; _isula; echo "\${COMPREPLY[*]}"`
  })
  const source = ['set -u', `source ${script}`, ...calls].join('\n')
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` }
  const ran = spawnSync('bash', ['--norc', '-c', source], { encoding: 'utf8', env })
  is(ran.stderr, '')
  const said = ran.stdout.split('\n').slice(0, lines.length)
  return said.map((line) => line.split(' ').filter((word) => word !== ''))
}

const has = (offered: ReadonlyArray<string> | undefined, ...words: ReadonlyArray<string>): void =>
  words.forEach((word) => ok(offered?.includes(word), `${word} in ${offered?.join(' ') ?? ''}`))

test.needs(['program:bash'], 'bash offers every command, and every supported flag of it', () => {
  const names = commandTable.map(({ name }) => name)
  const [commands, ...perCommand] = completed('isula ', ...names.map((n) => `isula ${n} -`))
  equal([...(commands ?? [])].sort(), [...names].sort())
  for (const [index, spec] of commandTable.entries()) {
    const wanted = [...spec.flags, ...commonFlags].filter(({ supported }) => supported)
    const spelled = wanted.flatMap(({ long, short }) => [
      `--${long}`,
      ...(short === undefined ? [] : [`-${short}`]),
    ])
    equal([...(perCommand[index] ?? [])].sort(), spelled.sort(), spec.name)
  }
})

test.needs(['program:bash'], 'bash offers containers, images and words where they belong', () => {
  const [stop, twice, logs, run, image, inspect, audit, help] = completed(
    'isula stop we',
    'isula stop web d',
    'isula logs web d',
    'isula run -itd --name x bus',
    'isula run busybox:l',
    'isula inspect ',
    'isula audit ',
    'isula help expl',
  )
  equal(stop, ['web', 'webster'])
  equal(twice, ['db'])
  equal(logs, [])
  equal(run, ['busybox:latest', 'busybox:old'])
  // What stands before the colon is not repeated: bash keeps it.
  equal(image, ['latest'])
  has(inspect, 'web', 'alpine:3')
  equal(audit, ['verify'])
  equal(help, ['explain'])
})

test.needs(['program:bash'], 'bash knows values, clusters, and where flags end', () => {
  const [word, attached, cluster, after, value, unfinished] = completed(
    'isula run --restart ',
    'isula run --restart=on',
    'isula run -du ',
    'isula run busybox -',
    'isula stop -t 3 we',
    'isula st',
  )
  equal(word, ['no', 'always', 'on-failure'])
  equal(attached, ['on-failure'])
  equal(cluster, [])
  equal(after, [])
  equal(value, ['web', 'webster'])
  equal(unfinished, ['start', 'stats', 'stop'])
})

test.needs(['program:bash'], 'bash asks the daemon that the line names', () => {
  completed('isula -H unix:///one stop ', 'isula stop --host=unix:///two ', 'isula stop -H x ')
  const asked = spawnSync('cat', [join(folder, 'host')], { encoding: 'utf8' }).stdout
  is(asked, 'unix:///one\nunix:///two\nx\n')
})

test('zsh: every command has its branch, every supported flag its line, no other has', () => {
  const text = zshCompletion()
  const branches = text.split(/^ {8}(?=[a-z-]+\)$)/m)
  for (const spec of commandTable) {
    ok(text.includes(`'${spec.name}:`), spec.name)
    const branch = branches.find((one) => one.startsWith(`${spec.name})`))
    for (const { long, supported } of [...spec.flags, ...commonFlags])
      is(new RegExp(`--${long}=?\\[`).test(branch ?? ''), supported, `${spec.name} --${long}`)
  }
  // Each line of a call but its last goes on.
  const open = text.match(/^ {12}'.*[^\\]$\n(?! {10};;)/m)
  is(open, null, open?.[0])
})

test('there is a manual page for the program and each command, with every flag', () => {
  const pages = new Map(manPages(edition).map(({ file, text }) => [file, text]))
  is(pages.size, commandTable.length + 1)
  for (const spec of commandTable) {
    ok(pages.get('isula.1')?.includes(`isula\\-${spec.name} (1)`), spec.name)
    const page = pages.get(`isula-${spec.name}.1`) ?? ''
    for (const { long } of [...spec.flags, ...commonFlags])
      ok(page.includes(`\\fB\\-\\-${long.replaceAll('-', '\\-')}\\fR`), `${spec.name} --${long}`)
  }
})

test.needs(['program:groff'], 'groff formats every page without a warning', () => {
  for (const { file, text } of manPages(edition)) {
    const ran = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-P-cbou'], {
      input: text,
      encoding: 'utf8',
    })
    is(ran.stderr, '', file)
    ok(ran.stdout.includes('SYNOPSIS'), file)
    not(/\\f[BIR]|\\-/.test(ran.stdout), file)
  }
})

test('what an operand may be is read from the usage line', () => {
  const offer = (name: string) => {
    const spec = commandTable.find((one) => one.name === name)
    if (spec === undefined) throw new Error(name)
    return operandOffer(spec)
  }
  equal(offer('run'), { containers: false, images: true, words: [], repeated: false })
  equal(offer('stop'), { containers: true, images: false, words: [], repeated: true })
  equal(offer('completion').words, ['bash', 'zsh'])
})

test('the build writes each file once, below share', () => {
  const paths = shareFiles(edition).map(({ path }) => path)
  is(new Set(paths).size, paths.length)
  has(paths, 'bash-completion/completions/isula', 'zsh/site-functions/_isula', 'man/man1/isula.1')
})

test('isula help and isula help COMMAND print what --help prints (CLI-GLOBAL-02)', () => {
  const told = (...words: ReadonlyArray<string>): string => {
    const ending = parseInvocation(words, { ISULAD_HOST: 'ftp://nonsense' }, '1')
    if (ending._tag === 'Right') throw new Error(words.join(' '))
    is(ending.left.exitCode, 0)
    return ending.left.text
  }
  is(told('help'), told('--help'))
  for (const { name } of commandTable) is(told('help', name), told(name, '--help'))
  const unknown = parseInvocation(['help', 'frobnicate'], {}, '1')
  equal(unknown._tag === 'Left' && unknown.left.exitCode, 1)
})

test.run()
