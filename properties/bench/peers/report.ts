/** A run of the bench as a table, and as a document for machines. */
import { cpus, release } from 'node:os'
import { percentile } from '../percentiles.ts'
import type { Engine } from './engine.ts'
import { median, type Measure } from './measures.ts'

export interface Bench {
  readonly engines: ReadonlyArray<Pick<Engine, 'name' | 'version'>>
  readonly measures: ReadonlyArray<Measure>
}

const shown = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0))

/** Median, least and most; beside it how many times that of the first engine it is. */
const cell = (measure: Measure, engine: string, first: string): string => {
  const middle = median(measure, engine)
  const base = median(measure, first)
  if (middle === undefined) return '-'
  const values = measure.values.get(engine) ?? []
  const spread =
    values.length < 2 ? '' : ` (${shown(Math.min(...values))}-${shown(Math.max(...values))})`
  const ratio = base === undefined || engine === first ? '' : ` ×${(middle / base).toFixed(2)}`
  return `${shown(middle)}${spread}${ratio}`
}

/** Markdown; the first engine is what the others are compared with. */
export const tableOf = ({ engines, measures }: Bench): string => {
  const names = engines.map((engine) => engine.name)
  const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(' | ')} |`
  const first = names[0] ?? ''
  return [
    row(['median (least-most) ×first', ...names]),
    row(['---', ...names.map(() => '---')]),
    ...measures.map((measure) =>
      row([`${measure.what}, ${measure.unit}`, ...names.map((name) => cell(measure, name, first))]),
    ),
  ].join('\n')
}

export const documentOf = ({ engines, measures }: Bench): string => {
  const machine = { cores: cpus().length, model: cpus()[0]?.model ?? '', kernel: release() }
  const documents = measures.map(({ what, unit, values }) => ({
    what,
    unit,
    engines: Object.fromEntries(
      [...values].map(([name, all]) => [
        name,
        { median: percentile(all, 0.5), p99: percentile(all, 0.99), values: all },
      ]),
    ),
  }))
  const told = engines.map(({ name, version }) => ({ name, version }))
  return `${JSON.stringify({ machine, engines: told, measures: documents }, null, 2)}\n`
}
