/** The page's script: it builds everything from the embedded model, as text and never as markup. */

export const pageScript = `
'use strict'
const model = JSON.parse(document.getElementById('model').textContent)
const byId = (id) => document.getElementById(id)
const add = (parent, name, text) => {
  const child = parent.appendChild(document.createElement(name))
  if (text !== undefined) child.textContent = text
  return child
}
const svgNs = 'http://www.w3.org/2000/svg'
const draw = (parent, name, attributes, text) => {
  const child = parent.appendChild(document.createElementNS(svgNs, name))
  for (const [key, value] of Object.entries(attributes)) child.setAttribute(key, String(value))
  if (text !== undefined) child.textContent = text
  return child
}
const short = (stream) => stream.replace(/[0-9a-f]{64}/, (id) => id.slice(0, 12))

for (const f of model.findings)
  add(byId('findings'), 'li', f.check + ': ' + f.subject + ': ' + f.detail)
if (model.findings.length === 0) add(byId('notes'), 'li', 'nothing was found')
for (const note of model.notes) add(byId('notes'), 'li', note)

for (const check of model.checks) {
  const row = add(byId('checks').tBodies[0], 'tr')
  add(row, 'td', check.name)
  add(row, 'td', check.ok ? 'ok' : 'FAILED').className = check.ok ? 'good' : 'bad'
  add(row, 'td', check.detail)
}

const states = [...new Set(model.lanes.flatMap((lane) => lane.spans.map((span) => span.state)))]
for (const state of states) {
  add(byId('legend'), 'span').className = 'key state-' + state
  byId('legend').append(state)
}

const laneHeight = 22
const nameWidth = 170
const width = 1000
const edges = (axis) => {
  const seqs = model.lanes.flatMap((l) => l.spans.flatMap((s) => [s.fromSeq, s.toSeq ?? s.fromSeq]))
  const times = model.lanes.flatMap((l) => l.spans.flatMap((s) => [s.fromMs, s.toMs ?? s.fromMs]))
  const last = model.timeline[model.timeline.length - 1]
  const all = axis === 'record' ? seqs : times
  const end = last === undefined ? 0 : axis === 'record' ? last.seq : Date.parse(last.at)
  const smallest = all.reduce((a, b) => Math.min(a, b), end)
  const largest = all.reduce((a, b) => Math.max(a, b), end)
  return { smallest, span: Math.max(1, largest - smallest), largest }
}
const drawSpan = (svg, span, place) => {
  const { axis, range, y } = place
  const from = axis === 'record' ? span.fromSeq : span.fromMs
  const to = (axis === 'record' ? span.toSeq : span.toMs) ?? range.largest
  const x = (value) => nameWidth + ((value - range.smallest) / range.span) * (width - nameWidth)
  const rect = draw(svg, 'rect', {
    class: 'state-' + span.state,
    'data-state': span.state,
    x: x(Math.min(from, to)).toFixed(1),
    y: y + 3,
    width: Math.max(1.5, Math.abs(x(to) - x(from))).toFixed(1),
    height: laneHeight - 6,
  })
  const until = span.toSeq === undefined ? ' on' : ' to #' + span.toSeq
  draw(rect, 'title', {}, span.state + ' from #' + span.fromSeq + until)
}
const drawLanes = () => {
  const axis = byId('axis').value
  const range = edges(axis)
  byId('lanes').replaceChildren()
  if (model.lanes.length === 0) {
    add(byId('lanes'), 'p', 'the journal knows no container')
    return
  }
  const height = model.lanes.length * laneHeight
  const box = { viewBox: '0 0 ' + width + ' ' + height, width, height, role: 'img' }
  const svg = draw(byId('lanes'), 'svg', box)
  model.lanes.forEach((lane, i) => {
    const y = i * laneHeight
    const name = lane.name.length > 24 ? lane.name.slice(0, 23) + '\\u2026' : lane.name
    const label = draw(svg, 'text', { class: 'name', x: 0, y: y + 15, 'data-id': lane.id }, name)
    draw(label, 'title', {}, lane.name + ' ' + lane.id)
    label.addEventListener('click', () => {
      byId('filter').value = lane.id.slice(0, 12)
      showTimeline()
    })
    for (const span of lane.spans) drawSpan(svg, span, { axis, range, y })
  })
}

const pageRows = 500
let shown = pageRows
const link = (cell, seq) => {
  const a = add(cell, 'a', '#' + seq)
  a.href = '#event-' + seq
  cell.append(' ')
}
const addRow = (body, e) => {
  const row = add(body, 'tr')
  row.id = 'event-' + e.seq
  add(row, 'td', '#' + e.seq)
  add(row, 'td', e.at)
  add(row, 'td', e.actor)
  add(row, 'td', short(e.stream)).title = e.stream
  const because = add(row, 'td')
  for (const seq of e.because) link(because, seq)
  add(row, 'td', e.what).title = e.kind
}
const showTimeline = () => {
  const wanted = byId('filter').value.trim().toLowerCase()
  const fits = (e) =>
    [e.at, e.actor, e.stream, e.kind, e.what, e.request].join('\\n').toLowerCase().includes(wanted)
  const found = wanted === '' ? model.timeline : model.timeline.filter(fits)
  const body = byId('timeline').tBodies[0]
  body.replaceChildren()
  for (const e of found.slice(0, shown)) addRow(body, e)
  byId('count').textContent = found.length + ' of ' + model.timeline.length + ' events'
  byId('more').hidden = found.length <= shown
}
byId('filter').addEventListener('input', () => {
  shown = pageRows
  showTimeline()
})
byId('more').addEventListener('click', () => {
  shown += pageRows
  showTimeline()
})
byId('axis').addEventListener('change', drawLanes)
drawLanes()
showTimeline()
document.body.dataset.ready = 'yes'
`
