/** The argument grammar (spec 20 section 1), over the real command tables. */
import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { commandTable, laterCommands } from './commands.ts'
import { commonFlags } from './flag.ts'
import { parseInvocation, type Ending, type Environment, type Invocation } from './invocation.ts'

const test = suite('isula grammar')

const parse = (line: string | ReadonlyArray<string>, env: Environment = {}) =>
  parseInvocation(typeof line === 'string' ? line.split(' ') : line, env, '0.0.0')

const accepted = (line: string | ReadonlyArray<string>, env?: Environment): Invocation => {
  const result = parse(line, env)
  if (E.isLeft(result)) throw new Error(`refused: ${result.left.text}`)
  return result.right
}

const ended = (line: string | ReadonlyArray<string>, env?: Environment): Ending => {
  const result = parse(line, env)
  if (E.isRight(result)) throw new Error(`accepted: ${String(line)}`)
  return result.left
}

/** Refused as a flag error: exit 125 and a text that begins so. */
const refusedFlag = (line: string, begins: string): void => {
  const { text, exitCode } = ended(line)
  assert.is(exitCode, 125, line)
  assert.ok(text.startsWith(begins), `${line}: ${text}`)
}

test('a value is the next word or what an = attaches (CLI-PARSE-01)', () => {
  for (const line of ['run --user root b', 'run --user=root b', 'run -u root b', 'run -u=root b']) {
    const { flags, operands } = accepted(line)
    assert.is(flags.text('user'), 'root', line)
    assert.equal(operands, ['b'], line)
  }
  assert.is(accepted('stop -t -1 c').flags.int('time'), -1)
})

test('each character after one dash is a flag of its own (CLI-PARSE-02)', () => {
  const { flags } = accepted('run -itd b')
  assert.equal(
    ['interactive', 'tty', 'detach'].map((long) => flags.bool(long)),
    [true, true, true],
  )
  const mixed = accepted('run -id=false b').flags
  assert.equal([mixed.bool('interactive'), mixed.bool('detach')], [true, false])
})

const spellings = ['-du=root', '-du root', '-d -u=root', '-d -u root']

test('the four spellings are the same (CLI-PARSE-03, grammar part of CLI-SC-03)', () => {
  for (const spelling of spellings) {
    const { flags, operands } = accepted(`run ${spelling} busybox`)
    assert.ok(flags.bool('detach'), spelling)
    assert.is(flags.text('user'), 'root', spelling)
    assert.equal(operands, ['busybox'], spelling)
  }
})

test('a cluster whose value flag is not last takes the next word (CLI-PARSE-04)', () => {
  const { flags, operands } = accepted('run -ud root busybox')
  assert.ok(flags.bool('detach'))
  assert.is(flags.text('user'), 'root')
  assert.equal(operands, ['busybox'])
  refusedFlag('run -uroot busybox', "Unknown flag found:'-r'")
  refusedFlag('run -ue root busybox', "Flags '-u' and '-e' both need a value")
})

test('-du:root is refused, for -: is no flag (CLI-PARSE-05, grammar part of CLI-SC-04)', () => {
  refusedFlag('run -du:root busybox', "Unknown flag found:'-:'")
})

test('only the first = of a long flag splits (CLI-PARSE-06)', () => {
  const words = ['run', '--env=A=b=c', '--annotation', 'native.umask=normal', '--label=x', 'b']
  const { flags } = accepted(words)
  assert.equal(flags.list('env'), ['A=b=c'])
  assert.equal(flags.list('annotation'), ['native.umask=normal'])
  assert.equal(flags.list('label'), ['x'])
})

test('list flags repeat, others keep the last, booleans take a value (CLI-PARSE-07)', () => {
  const { flags } = accepted('run -e A=1 --env B=2 -e C=3 -u a -u b --tty=true --rm=false b')
  assert.equal(flags.list('env'), ['A=1', 'B=2', 'C=3'])
  assert.is(flags.text('user'), 'b')
  assert.equal([flags.bool('tty'), flags.bool('rm')], [true, false])
  refusedFlag('run --tty=yes b', "Invalid boolean value 'yes' for flag '--tty'")
})

test("what follows the image or container is the container's command (CLI-PARSE-08)", () => {
  assert.equal(accepted('run busybox ls -l --help').operands, ['busybox', 'ls', '-l', '--help'])
  assert.equal(accepted('exec c -it ls').operands, ['c', '-it', 'ls'])
  assert.ok(accepted('exec -it c ls').flags.bool('tty'))
  assert.equal(accepted('rm c1 -f c2').operands, ['c1', 'c2'])
})

test('what is wrong is said on stderr with a code that is not 0 (CLI-PARSE-09)', () => {
  refusedFlag('run --x b', "Unknown flag found:'--x'")
  refusedFlag('ps -x', "Unknown flag found:'-x'")
  refusedFlag('run --user', "Flag '--user' needs a value")
  refusedFlag('stop -t soon c', "Invalid value 'soon' for flag '--time'")
  assert.match(ended('run --x b').text, "See 'isula run --help'.")
  assert.equal(ended('start').exitCode, 1)
  assert.match(ended('start').text, 'requires at least 1 argument.')
  assert.equal(ended('run -d').exitCode, 125)
  assert.match(ended('rename a').text, 'requires exactly 2 arguments.')
  assert.match(ended('ps c').text, 'requires exactly 0 arguments.')
  assert.match(ended('port c 80 81').text, 'requires at most 2 arguments.')
  assert.equal(ended('frobnicate').exitCode, 1)
  assert.match(ended('frobnicate').text, "'frobnicate' is not an isula command")
})

test('-h is the host name and -H the daemon (CLI-PARSE-10)', () => {
  const { flags, address } = accepted('run -h box -H=tcp://10.0.0.1:2376 b')
  assert.is(flags.text('hostname'), 'box')
  assert.equal(address, { _tag: 'Tcp', host: '10.0.0.1', port: 2376 })
})

test('the host may stand before and after the command (CLI-GLOBAL-01)', () => {
  const one = { _tag: 'Unix', path: '/one' }
  assert.equal(accepted('-H unix:///one ps').address, one)
  assert.equal(accepted('ps --host=unix:///one').address, one)
  assert.equal(accepted('-H unix:///two ps -H unix:///one').address, one)
  assert.equal(accepted('ps').address, { _tag: 'Unix', path: '/var/run/isulad.sock' })
  refusedFlag('ps -H http://x', "Invalid host 'http://x'")
})

test('every command has --help, made from its table, with exit 0 (CLI-GLOBAL-02)', () => {
  for (const spec of commandTable) {
    const { text, exitCode } = ended(`${spec.name} --help`)
    assert.is(exitCode, 0)
    assert.match(text, `Usage:  isula ${spec.name}`)
    for (const flag of [...spec.flags, ...commonFlags]) assert.match(text, `--${flag.long}`)
  }
  for (const line of ['--help', '-D']) assert.match(ended(line).text, 'Usage:  isula [OPTIONS]')
  assert.equal(ended([]).exitCode, 0)
})

test('ISULAD_HOST stands in for -H, TLS is never dropped silently (CLI-GLOBAL-05)', () => {
  const env = { ISULAD_HOST: 'localhost:2375' }
  const local = { _tag: 'Tcp', host: 'localhost', port: 2375 }
  assert.equal(accepted('ps', env).address, local)
  assert.equal(accepted('ps -H unix:///one', env).address, { _tag: 'Unix', path: '/one' })
  assert.match(ended('ps', { ...env, ISULAD_TLS_VERIFY: '1' }).text, 'is not supported yet')
  refusedFlag('ps --tlsverify', '--tlsverify is not supported yet')
})

test('a documented flag that is not there yet is refused by its name', () => {
  refusedFlag('run --health-cmd true b', '--health-cmd is not supported yet\n')
  refusedFlag('create -p 80:80 b', '--publish is not supported yet\n')
  const later = commandTable.flatMap((spec) =>
    spec.flags.filter((flag) => !flag.supported).map((flag) => [spec.name, flag.long] as const),
  )
  assert.ok(later.length > 60)
  for (const [name, long] of later)
    refusedFlag(`${name} --${long}=1 c`, `--${long} is not supported yet`)
  for (const name of laterCommands)
    assert.is(ended(`${name} c`).text, `isula ${name} is not supported yet\n`)
})

test('other spellings of a flag are accepted', () => {
  assert.is(accepted('run --network none b').flags.text('net'), 'none')
  assert.is(accepted('run -n me b').flags.text('name'), 'me')
  assert.ok(accepted('images --quit').flags.bool('quiet'))
  assert.equal(accepted('create --lablel-file f b').flags.list('label-file'), ['f'])
  assert.equal(accepted('run --dns-option ndots:1 b').flags.list('dns-opt'), ['ndots:1'])
})

test('no table has two flags of one name', () => {
  for (const spec of commandTable) {
    const all = [...spec.flags, ...commonFlags]
    const names = all.flatMap((f) => [`--${f.long}`, ...(f.aliases ?? []).map((a) => `--${a}`)])
    const shorts = all.flatMap((f) => (f.short === undefined ? [] : [f.short]))
    assert.is(new Set(names).size, names.length, spec.name)
    assert.is(new Set(shorts).size, shorts.length, spec.name)
  }
})

test('no words make the parser throw, and it never invents an operand', () => {
  const word = fc.oneof(
    fc.constantFrom('-', '--', '-it', '-u', '--user', '--env=A=B', '-e', '=', '-=', '--=', 'c'),
    fc.string({ maxLength: 6 }),
  )
  const names = commandTable.map((spec) => spec.name)
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.array(word, { maxLength: 6 }), (name, words) => {
      const result = parse([name, ...words])
      if (E.isLeft(result)) return
      for (const operand of result.right.operands) assert.ok(words.includes(operand))
    }),
    { numRuns: 500 },
  )
})

test.run()
