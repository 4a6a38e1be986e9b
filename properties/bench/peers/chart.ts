/** The medians as bars in an SVG picture: one group for each thing that was timed. */
import { median, type Measure } from './measures.ts'

const wanted = ['run --rm true', 'create', 'start', 'exec true', 'stop -t 0', 'rm', 'ps of 50']
const colours = ['#0b6e4f', '#58b09c', '#9aa5b1', '#c5ccd3', '#2b6cb0', '#d97706']
const size = { width: 880, left: 130, right: 70, bar: 11, gap: 14, top: 64 }

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const text = (x: number, y: number, words: string, anchor = 'start'): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escaped(words)}</text>`

const rect = (x: number, y: number, width: number, colour: string): string =>
  `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" ` +
  `height="${size.bar - 2}" fill="${colour}"/>`

const colourOf = (n: number): string => colours[n % colours.length] ?? '#000000'

const legend = (names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.flatMap((name, n) => {
    const x = size.left + n * 120
    return [rect(x, 34, 10, colourOf(n)), text(x + 14, 43, name)]
  })

interface Group {
  readonly measure: Measure
  readonly top: number
}

const barsOf = ({ measure, top }: Group, names: ReadonlyArray<string>, most: number) => {
  const room = size.width - size.left - size.right
  const label = text(size.left - 8, top + (names.length * size.bar) / 2 + 3, measure.what, 'end')
  const bars = names.flatMap((name, n) => {
    const value = median(measure, name)
    if (value === undefined) return []
    const [y, width] = [top + n * size.bar, (value / most) * room]
    return [
      rect(size.left, y, width, colourOf(n)),
      text(size.left + width + 4, y + size.bar - 3, value.toFixed(value < 10 ? 1 : 0)),
    ]
  })
  return [label, ...bars]
}

/** Milliseconds, medians; shorter is better. */
export const chartOf = (names: ReadonlyArray<string>, all: ReadonlyArray<Measure>): string => {
  const measures = wanted.flatMap((what) => all.filter((measure) => measure.what === what))
  const values = measures.flatMap((measure) => names.map((name) => median(measure, name) ?? 0))
  const most = Math.max(1, ...values)
  const step = names.length * size.bar + size.gap
  const groups = measures.map((measure, n) => ({ measure, top: size.top + n * step }))
  const height = size.top + measures.length * step
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${height}" ` +
      `viewBox="0 0 ${size.width} ${height}" font-family="sans-serif" font-size="10">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(size.left, 20, 'Whole commands, ms, medians of one run with the engines in turn'),
    ...legend(names),
    ...groups.flatMap((group) => barsOf(group, names, most)),
    '</svg>\n',
  ].join('\n')
}
