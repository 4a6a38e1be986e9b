/** Explanations, verdicts and recovery reports for people; `--json` shows what the daemon said. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { patternedTable, type Row } from './table.ts'

const Explanation = t.type({
  id: t.string,
  name: t.string,
  state: t.string,
  why: t.array(t.string),
  steps: t.array(
    t.type({
      seq: t.number,
      at: t.string,
      kind: t.string,
      actor: t.string,
      what: t.string,
      because: t.array(t.number),
    }),
  ),
})

const Verdict = t.type({
  ok: t.boolean,
  checks: t.array(t.type({ name: t.string, ok: t.boolean, detail: t.string })),
  findings: t.array(t.type({ check: t.string, subject: t.string, detail: t.string })),
})

const Recovery = t.type({
  start: t.union([
    t.null,
    t.type({
      seq: t.number,
      at: t.string,
      version: t.string,
      boot: t.string,
      pid: t.number,
      previous: t.string,
    }),
  ]),
  tailCuts: t.array(t.type({ file: t.string, offset: t.number, bytes: t.number })),
  findings: t.array(t.type({ subject: t.string, found: t.string, decided: t.string })),
  repaired: t.array(t.type({ seq: t.number, at: t.string, stream: t.string, what: t.string })),
})

/** Two blanks between columns, none at the end of a line. */
const table = (rows: ReadonlyArray<Row>): string => {
  const columns = rows[0]?.length ?? 0
  const texts = ['', ...Array.from({ length: Math.max(0, columns - 1) }, () => '  '), '']
  return patternedTable(rows, texts).replace(/ +$/gm, '')
}

const section = (title: string, lines: ReadonlyArray<string>): string =>
  lines.length === 0 ? '' : `\n${title}\n${lines.map((l) => `  ${l}\n`).join('')}`

const reasons = (because: ReadonlyArray<number>): string =>
  because.length === 0 ? '' : `because of ${because.map((n) => `#${n}`).join(', ')}`

const explanationText = (e: t.TypeOf<typeof Explanation>): string => {
  const title = e.name === e.id ? e.id : `${e.name} (${e.id})`
  const rows = e.steps.map((s) => [`#${s.seq}`, s.at, s.actor, s.kind, s.what, reasons(s.because)])
  return [
    `${title} is ${e.state}\n`,
    section('Why, from the first cause on:', e.why),
    `\nHistory:\n${table([['EVENT', 'AT', 'BY', 'KIND', 'WHAT', 'CAUSE'], ...rows])}`,
  ].join('')
}

const verdictText = (v: t.TypeOf<typeof Verdict>): string => {
  const rows = v.checks.map((c) => [c.name, c.ok ? 'ok' : 'FAILED', c.detail])
  const findings = v.findings.map((f) => `${f.check}: ${f.subject}: ${f.detail}`)
  return [
    table([['CHECK', 'VERDICT', 'DETAIL'], ...rows]),
    section('Findings:', findings),
    v.ok ? '\nThe audit is clean.\n' : '\nThe audit is not clean.\n',
  ].join('')
}

const recoveryText = (r: t.TypeOf<typeof Recovery>): string => {
  if (r.start === null) return 'The journal holds no start of the daemon.\n'
  const { seq, at, version, pid, boot, previous } = r.start
  const findings = r.findings.map((f) => `${f.subject}: ${f.found}: ${f.decided}`)
  const cuts = r.tailCuts.map((c) => `${c.file}: ${c.bytes} torn bytes at offset ${c.offset}`)
  const repaired = r.repaired.map((s) => `#${s.seq} ${s.at} ${s.stream}: ${s.what}`)
  const quiet = findings.length + cuts.length + repaired.length === 0
  return [
    `Start #${seq} at ${at}: version ${version}, pid ${pid}, boot ${boot}\n`,
    `The run before ended: ${previous}\n`,
    section('Cut from the journal:', cuts),
    section('Found and decided:', findings),
    section('Recorded:', repaired),
    quiet ? '\nNothing had to be recovered.\n' : '',
  ].join('')
}

/** Undefined where the document is not of the expected form: the JSON is shown then. */
const showing =
  <A>(codec: t.Type<A, unknown>, show: (a: A) => string) =>
  (value: unknown): string | undefined => {
    const decoded = codec.decode(value)
    return E.isRight(decoded) ? show(decoded.right) : undefined
  }

export const showExplanation = showing(Explanation, explanationText)
export const showVerdict = showing(Verdict, verdictText)
export const showRecovery = showing(Recovery, recoveryText)
