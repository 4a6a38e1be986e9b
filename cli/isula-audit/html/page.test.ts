/** The page: nothing that a journal says is ever taken for markup. */
import * as assert from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { embeddedJson, escapeHtml, htmlPage } from './page.ts'
import type { PageModel } from './page-model.ts'

const test = suite('audit page')

const hostile = '</script><script>alert(1)</script><!--<img src=x onerror="alert(2)">&amp;\u2028'

const model: PageModel = {
  command: 'verify',
  source: hostile,
  madeAt: '2024-05-01T12:00:00.000Z',
  text: hostile,
  clean: false,
  records: 1,
  checks: [{ name: hostile, ok: false, detail: hostile }],
  findings: [{ check: hostile, subject: hostile, detail: hostile }],
  notes: [hostile],
  lanes: [{ id: hostile, name: hostile, spans: [] }],
  timeline: [],
}

test('hostile texts stay texts, in markup and in the embedded model', () => {
  const page = htmlPage(model)
  assert.is(page.split('<script').length, 3)
  assert.is(page.split('</script>').length, 3)
  assert.not.match(page, /<img/)
  assert.not.match(page, /<!--/)
  assert.is(escapeHtml(`<'"&>`), '&lt;&#39;&quot;&amp;&gt;')
  const json = embeddedJson(model)
  assert.not.match(json, /[<>&\u2028\u2029]/)
  assert.equal(JSON.parse(json), model)
})

test('the page asks for nothing from anywhere', () => {
  const page = htmlPage({ ...model, source: 'a journal' })
  assert.not.match(page, /(src|href)="/)
  assert.match(page, "default-src 'none'")
  assert.not.match(page, /unsafe-/)
})

test.run()
