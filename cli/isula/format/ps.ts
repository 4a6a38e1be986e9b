/** The output of `ps`: upstream's table, the manual's, or a template (CLI-PS-*, spec 23). */
import * as E from 'fp-ts/lib/Either.js'
import type { Container } from '../../../adapters/rpc/wire/containers.ts'
import { cells, headers, type Shown } from './container-list.ts'
import { patternedTable, tabbedTable } from './table.ts'
import { parseTemplate, type Template } from './template.ts'

const upstreamColumns = ['ID', 'Image', 'Command', 'Created', 'Status', 'Ports', 'Names']

/** `--format manual`; its STATUS is the state's word (CLI-PS-02). */
const manualColumns = [
  ['ID', 'ID'],
  ['IMAGE', 'Image'],
  ['STATUS', 'State'],
  ['PID', 'Pid'],
  ['COMMAND', 'Command'],
  ['EXIT_CODE', 'ExitCode'],
  ['RESTART_COUNT', 'RestartCount'],
  ['STARTAT', 'StartAt'],
  ['FINISHAT', 'FinishAt'],
  ['RUNTIME', 'Runtime'],
  ['NAMES', 'Names'],
] as const

const cell = (field: string, container: Container, shown: Shown): string =>
  cells[field]?.(container, shown) ?? ''

const columns = (
  head: ReadonlyArray<string>,
  fields: ReadonlyArray<string>,
  rows: { readonly containers: ReadonlyArray<Container>; readonly shown: Shown },
): ReadonlyArray<ReadonlyArray<string>> => [
  head,
  ...rows.containers.map((c) => fields.map((field) => cell(field, c, rows.shown))),
]

const byTemplate = (
  template: Template,
  containers: ReadonlyArray<Container>,
  shown: Shown,
): string => {
  const { fields, texts } = template
  if (template.table) {
    const head = fields.map((field) => headers[field] ?? field)
    return patternedTable(columns(head, fields, { containers, shown }), texts)
  }
  const line = (c: Container): string =>
    texts.map((text, i) => (i === 0 ? text : cell(fields[i - 1] ?? '', c, shown) + text)).join('')
  return containers.map((c) => `${line(c)}\n`).join('')
}

/** Left: an unknown field of the format. */
export const psText = (
  containers: ReadonlyArray<Container>,
  format: string | undefined,
  shown: Shown,
): E.Either<string, string> => {
  if (format === undefined) {
    const head = upstreamColumns.map((f) => (f === 'ID' ? 'CONTAINER ID' : (headers[f] ?? f)))
    return E.right(tabbedTable(columns(head, upstreamColumns, { containers, shown })))
  }
  if (format === 'manual') {
    const head = manualColumns.map(([name]) => name)
    const fields = manualColumns.map(([, field]) => field)
    return E.right(tabbedTable(columns(head, fields, { containers, shown })))
  }
  return E.map((template: Template) => byTemplate(template, containers, shown))(
    parseTemplate(format, Object.keys(cells)),
  )
}

const startedMs = (container: Container): number => {
  const ms = Date.parse(container.startat)
  return Number.isNaN(ms) || container.startat.startsWith('0001-') ? -Infinity : ms
}

const compare = <A extends number | bigint>(a: A, b: A): number => (a < b ? 1 : a > b ? -1 : 0)

/** Newest start first, never-started last; with `--latest` and `--last` newest creation first. */
export const sortContainers = (
  containers: ReadonlyArray<Container>,
  byCreation: boolean,
): ReadonlyArray<Container> =>
  [...containers].sort((a, b) =>
    byCreation
      ? compare(BigInt(a.created), BigInt(b.created))
      : compare(startedMs(a), startedMs(b)) || compare(BigInt(a.created), BigInt(b.created)),
  )
