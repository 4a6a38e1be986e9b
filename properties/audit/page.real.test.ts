/** The page in a real browser: what its script builds, from a journal with hostile names. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { runAudit } from '../../cli/isula-audit/audit-command.ts'
import { execId } from '../../domain/identity.ts'
import { run } from '../harness/run.ts'
import { suite } from '../testing/suite.ts'
import { flipByte } from './forged-journals.ts'
import { idOfContainer, withEngine, withSampleJournal } from './sample-journal.ts'

const test = suite('audit page in a browser')
const needs = ['program:chromium'] as const

/** The document after its scripts ran. */
const rendered = async (file: string): Promise<string> => {
  const profile = mkdtempSync(join(tmpdir(), 'isula-audit-browser-'))
  try {
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
    const { code, stdout, stderr } = await run('chromium', [
      ...flags,
      `--user-data-dir=${profile}`,
      '--dump-dom',
      `file://${file}`,
    ])
    assert.is(code, 0, stderr)
    return stdout
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

const pageOf = async (root: string, ...args: ReadonlyArray<string>) => {
  const file = join(root, 'page.html')
  const silent = (): void => undefined
  const code = await runAudit([...args, '--html', file], { out: silent, error: silent })
  return { code, dom: await rendered(file) }
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

test.needs(needs, 'a clean journal: verdict, checks, lanes of states, timeline with causes', () =>
  withSampleJournal(async (root) => {
    const { code, dom } = await pageOf(root, 'verify', root)
    assert.is(code, 0)
    assert.match(dom, 'data-ready="yes"')
    assert.match(dom, /<p id="verdict" class="good">clean, 22 records<\/p>/)
    assert.match(dom, /<li>nothing was found<\/li>/)
    assert.match(dom, /<td>chain<\/td><td class="good">ok<\/td>/)
    assert.is(count(dom, /<rect class="state-/g), 7)
    assert.match(dom, /<title>running from #14 to #1[78]<\/title>/)
    assert.match(dom, />web<title>/)
    assert.is(count(dom, /<tr id="event-\d+">/g), 22)
    assert.match(dom, /<a href="#event-16">#16<\/a>/)
    assert.match(dom, /<td title="ContainerExited">run 1 ended because of a stop with code 143/)
    assert.match(dom, '22 of 22 events')
  }),
)

test.needs(needs, 'a damaged journal: the findings are on the page', () =>
  withSampleJournal(async (root) => {
    await flipByte(root, 12_000)
    const { code, dom } = await pageOf(root, 'verify', root)
    assert.is(code, 1)
    assert.match(dom, /<p id="verdict" class="bad">\d+ finding\(s\)/)
    assert.match(dom, /<ul id="findings"><li>files: journal\/\d+\.log: offset \d+: bad-crc: /)
    assert.match(dom, /<td class="bad">FAILED<\/td>/)
  }),
)

test.needs(needs, 'hostile texts of a journal are shown as texts', () =>
  withSampleJournal(async (root) => {
    const hostile = '</script><img src=x onerror="document.title=\'owned\'">'
    await withEngine(root, async (tell) => {
      const id = idOfContainer(3)
      await tell({ _tag: 'StartContainer', id, timeoutMs: null })
      const process = {
        ...{ args: ['exit', '0', hostile], env: [], user: '', workingDir: '' },
        ...{ terminal: false, openStdin: false },
      }
      await tell({ _tag: 'ExecInContainer', id, exec: execId('e2'), detached: true, process })
      await tell({ _tag: 'StopContainer', id, signal: 9, graceMs: 0 })
    })
    const { dom } = await pageOf(root, 'timeline', '-j', root)
    assert.match(dom, 'data-ready="yes"')
    assert.not.match(dom, /<img/)
    assert.not.match(dom, /<title>owned/)
    assert.match(dom, 'exec e2 requested: exit 0 &lt;/script&gt;&lt;img src=x')
  }),
)

test.run()
