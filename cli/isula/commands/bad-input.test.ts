/** Wrong input over the whole command table: a clear refusal, and the daemon is never asked. */
import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { equal, is, match, ok } from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { commandTable } from '../grammar/commands.ts'
import { commonFlags, type CommandSpec, type Flag } from '../grammar/flag.ts'
import { parseInvocation } from '../grammar/invocation.ts'
import type { Connection } from '../transport/connection.ts'
import { commandFor } from './table.ts'

const test = suite('bad input')

interface Ran {
  readonly code: number
  readonly said: string
  /** The calls that were made, by path. */
  readonly asked: ReadonlyArray<string>
}

/** A daemon that takes note and fails. */
const recording = (asked: Array<string>): Connection => {
  const refuse = (path: string) => {
    asked.push(path)
    return Promise.resolve(E.left({ code: 13, message: 'recorded', reset: false }))
  }
  return {
    unary: ({ path }) => refuse(path),
    stream: ({ path }) => refuse(path),
    duplex: () => {
      throw new Error('no stream was expected')
    },
    close: () => undefined,
  }
}

/** The whole client, from its words to its exit code, in this process. */
const isula = async (words: ReadonlyArray<string>): Promise<Ran> => {
  const parsed = parseInvocation(words, {}, '0.0.0')
  if (E.isLeft(parsed)) return { code: parsed.left.exitCode, said: parsed.left.text, asked: [] }
  const [asked, said]: [Array<string>, Array<string>] = [[], []]
  const load = commandFor[parsed.right.spec.name]
  if (load === undefined) throw new Error(`no code for ${parsed.right.spec.name}`)
  const command = await load()
  const code = await command({
    ...parsed.right,
    connection: recording(asked),
    out: () => undefined,
    err: (text) => void said.push(text),
    env: {},
  })
  return { code, said: said.join(''), asked }
}

/** Refused before anything was asked; answers what was said. */
const refused = async (code: number, ...words: ReadonlyArray<string>): Promise<string> => {
  const ran = await isula(words)
  const line = `isula ${words.join(' ')}: ${ran.said}`
  equal([ran.code, ran.asked], [code, []], line)
  ok(ran.said.endsWith('\n') && ran.said.length > 10, line)
  return ran.said
}

const everyFlag = commandTable.flatMap((spec) =>
  [...spec.flags, ...commonFlags].map((flag) => ({ spec, flag })),
)
const supported = everyFlag.filter(({ flag }) => flag.supported)
const spelled = (flag: Flag): ReadonlyArray<string> => [
  `--${flag.long}`,
  ...(flag.aliases ?? []).map((alias) => `--${alias}`),
  ...(flag.short === undefined ? [] : [`-${flag.short}`]),
]

const operandsFor = ({ minOperands }: CommandSpec): ReadonlyArray<string> =>
  Array.from({ length: minOperands }, (_, n) => `operand${n}`)

const known = (spec: CommandSpec): ReadonlySet<string> =>
  new Set([...spec.flags, ...commonFlags].flatMap(spelled))

test('CLI-PARSE-09: an unknown flag ends with 125, its name and a hint', async () => {
  const names = fc.oneof(
    fc.stringMatching(/^--[a-z][a-z-]{0,12}$/),
    fc.stringMatching(/^-[^-=\s]$/),
    fc.constantFrom('---', '--=', '-=', '--=x', '-:'),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...commandTable), names, async (spec, name) => {
      fc.pre(!known(spec).has(name))
      const said = await refused(125, spec.name, name, ...operandsFor(spec))
      match(said, `Unknown flag found:'${name.split('=')[0] ?? ''}`)
      match(said, `See 'isula ${spec.name} --help'.`)
    }),
    { numRuns: 400 },
  )
})

test('CLI-PARSE-09: a flag whose value is missing is named as it was written', async () => {
  for (const { spec, flag } of supported.filter((one) => one.flag.kind !== 'bool'))
    for (const name of spelled(flag))
      is(
        await refused(125, spec.name, name),
        `Flag '${name}' needs a value\nSee 'isula ${spec.name} --help'.\n`,
      )
})

test('CLI-PARSE-09: what is no integer, or too large, is refused with its flag', async () => {
  const integers = supported.filter(({ flag }) => flag.kind === 'int')
  const values = fc.oneof(
    fc.constantFrom('', ' ', '1.5', '1e3', '0x10', '--', '+', '9'.repeat(17), '5s', '١'),
    fc.string().filter((text) => !/^[+-]?[0-9]+$/.test(text)),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...integers), values, async ({ spec, flag }, value) => {
      const said = await refused(125, spec.name, `--${flag.long}=${value}`, ...operandsFor(spec))
      ok(said.startsWith(`Invalid value '${value}' for flag '--${flag.long}'`), said)
    }),
    { numRuns: 300 },
  )
})

test('CLI-PARSE-07: a boolean is true or false, for every flag of the table', async () => {
  for (const { spec, flag } of supported.filter((one) => one.flag.kind === 'bool'))
    for (const value of ['yes', '1', '', 'TRUE'])
      match(
        await refused(125, spec.name, `--${flag.long}=${value}`, ...operandsFor(spec)),
        `Invalid boolean value '${value}' for flag '--${flag.long}'`,
      )
})

test('a flag that is not supported is refused by its name, in every spelling', async () => {
  for (const { spec, flag } of everyFlag.filter((one) => !one.flag.supported))
    for (const name of spelled(flag))
      match(await refused(125, spec.name, name, 'x'), `--${flag.long} is not supported yet`)
})

test('CLI-PARSE-04: two flags in one cluster that both need a value are refused', async () => {
  for (const spec of commandTable) {
    const shorts = spec.flags.filter((f) => f.supported && f.kind !== 'bool' && f.short)
    for (const [index, one] of shorts.entries())
      for (const other of shorts.slice(index + 1))
        match(
          await refused(125, spec.name, `-${one.short ?? ''}${other.short ?? ''}`, 'a', 'b'),
          'both need a value',
        )
  }
})

test('CLI-PARSE-09: too few and too many operands are counted for every command', async () => {
  for (const spec of commandTable) {
    const words = (count: number) => Array.from({ length: count }, (_, n) => `o${n}`)
    const expected = (count: number, word: string) =>
      refused(spec.usageExit, spec.name, ...words(count)).then((said) =>
        match(said, new RegExp(`"isula ${spec.name}" requires ${word} \\d+ arguments?\\.`)),
      )
    if (spec.minOperands > 0) await expected(spec.minOperands - 1, '(exactly|at least)')
    if (spec.maxOperands < 100) await expected(spec.maxOperands + 1, '(exactly|at most)')
  }
})

/** A value that the grammar takes for this flag. */
const goodValue = (flag: Flag): string =>
  ({ bool: 'true', int: '1', string: 'x', list: 'x' })[flag.kind]

/** Flags of a command, in any order and spelling, whose values the grammar takes. */
const goodFlags = (spec: CommandSpec): fc.Arbitrary<ReadonlyArray<string>> => {
  const usable = [...spec.flags, ...commonFlags].filter(
    ({ long, supported }) => supported && long !== 'help' && long !== 'host',
  )
  const one = fc
    .tuple(fc.constantFrom(...usable), fc.nat(), fc.boolean())
    .map(([flag, spelling, attached]): ReadonlyArray<string> => {
      const names = spelled(flag)
      const name = names[spelling % names.length] ?? ''
      if (flag.kind === 'bool' && !attached) return [name]
      const value = goodValue(flag)
      return attached ? [`${name}=${value}`] : [name, value]
    })
  return fc.array(one, { maxLength: 5 }).map((words) => words.flat())
}

const defects = ['--no-such-flag', '-~', '--debug=perhaps', '--tls', '-DD:'] as const

test('one defect among any good flags refuses it all, and nothing is asked', async () => {
  const cases = fc.constantFrom(...commandTable).chain((spec) =>
    fc.record({
      spec: fc.constant(spec),
      before: goodFlags(spec),
      after: goodFlags(spec),
      defect: fc.constantFrom(...defects),
    }),
  )
  await fc.assert(
    fc.asyncProperty(cases, async ({ spec, before, after, defect }) => {
      const operands = operandsFor(spec)
      const good = parseInvocation([spec.name, ...before, ...after, ...operands], {}, '0')
      ok(E.isRight(good) || good.left.exitCode === 0 || good.left.exitCode === 1)
      await refused(125, spec.name, ...before, defect, ...after, ...operands)
    }),
    { numRuns: 600 },
  )
})

/** What the client itself knows to be wrong: flag, value, and what it says. */
const wrongValues: ReadonlyArray<readonly [string, string, string | RegExp]> = [
  ['memory', 'much', /memory.*much|much.*memory/i],
  ['memory', '1x', /1x/],
  ['memory-swap', '1q', /1q/],
  ['memory-reservation', '..', /\.\./],
  ['cpus', 'two', "Invalid value 'two' for flag '--cpus'"],
  ['cpus', '1.2.3', "Invalid value '1.2.3' for flag '--cpus'"],
  ['cpus', '-1', "Invalid value '-1' for flag '--cpus'"],
  ['restart', 'on-failure:-1', /on-failure:-1|-1/],
  ['restart', 'on-failure:x', /x/],
  ['restart', 'always:3', /always/],
  ['ulimit', 'nofile', /nofile/],
  ['ulimit', 'nosuch=1', /nosuch/],
  ['ulimit', 'nofile=2:1', /nofile|soft|hard/],
  ['ulimit', 'nofile=x', /x/],
  ['env', '=x', "Invalid environment variable '=x'"],
  ['env', '', "Invalid environment variable ''"],
  ['label', '=x', /=x|label/],
  ['annotation', 'alone', "Invalid annotation 'alone'"],
  ['annotation', '=x', "Invalid annotation '=x'"],
  ['mount', 'type=floppy,dst=/x', /floppy/],
  ['mount', 'type=bind', /bind|src|source|dst|target|destination/i],
  ['mount', 'nonsense', /nonsense|mount/],
  ['log-opt', 'colour=red', /colour/],
  ['log-opt', 'disable-log=perhaps', /perhaps/],
  ['log-opt', 'max-size=big', /big/],
  ['log-opt', 'max-file=0', /'0' of log files/],
]

test('a value that no daemon could take is refused by create and run with 125', async () => {
  for (const [flag, value, says] of wrongValues)
    for (const command of ['create', 'run'])
      match(await refused(125, command, `--${flag}=${value}`, 'busybox'), says)
})

test('update, logs, events: a wrong value is refused before anything is asked', async () => {
  for (const [flag, value, says] of wrongValues.filter(([f]) =>
    ['memory', 'memory-swap', 'memory-reservation', 'cpus', 'restart'].includes(f),
  ))
    match(await refused(125, 'update', `--${flag}=${value}`, 'c'), says)
  await refused(1, 'update', 'c')
  for (const flag of ['since', 'until']) {
    match(await refused(125, 'logs', `--${flag}=yesterday`, 'c'), 'yesterday')
    for (const value of ['yesterday', '2026-13-45T00:00:00'])
      match((await isula(['events', `--${flag}=${value}`])).said, value)
  }
})

test('kill: a signal that does not exist is refused by its name', async () => {
  for (const signal of ['FOO', 'SIGFOO', '0', '65', '-1', '9x', ''])
    match(await refused(125, 'kill', `--signal=${signal}`, 'c'), signal === '' ? 'signal' : signal)
})

test.run()
