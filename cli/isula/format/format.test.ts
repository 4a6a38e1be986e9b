/** Output formats, byte for byte (spec 23 section 2, spec 20 section 6). */
import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { Container, ContainerStatus, InfoResponse } from '../../../adapters/rpc/wire/containers.ts'
import { Image } from '../../../adapters/rpc/wire/images.ts'
import { suite } from '../../../properties/testing/suite.ts'
import { statusText } from './container-list.ts'
import { agoText, durationText } from './duration.ts'
import { eventLine } from './event.ts'
import { parseExact, printExact } from './exact-json.ts'
import { imageNames, imagesText } from './images.ts'
import { infoText, serverBlock } from './info.ts'
import { parseInspectFormat, pickText } from './inspect.ts'
import { psText, sortContainers } from './ps.ts'

const test = suite('isula format')

const nowMs = Date.parse('2026-11-21T12:00:00Z')
const secondsAgo = (seconds: number): string => new Date(nowMs - seconds * 1000).toISOString()
const createdAgo = (seconds: number): string =>
  String(BigInt(nowMs - seconds * 1000) * 1_000_000n + 5n)

const web = Container.fromPartial({
  id: 'a1'.repeat(32),
  name: 'web',
  image: 'busybox',
  command: 'sh -c while true; do sleep 1; done',
  pid: 42,
  status: ContainerStatus.RUNNING,
  created: createdAgo(130),
  startat: secondsAgo(5),
  finishat: '0001-01-01T00:00:00Z',
  ports: '0.0.0.0:8080->80/tcp',
  runtime: 'crun',
})
const job = Container.fromPartial({
  ...web,
  id: 'b2'.repeat(32),
  name: 'job',
  command: 'true',
  pid: 0,
  status: ContainerStatus.STOPPED,
  exit_code: 137,
  created: createdAgo(7200),
  startat: secondsAgo(3600),
  finishat: secondsAgo(3),
  restartcount: 2,
  ports: '',
})
const fresh = Container.fromPartial({
  ...web,
  id: 'c3'.repeat(32),
  name: 'c3'.repeat(32),
  command: 'sh',
  pid: 0,
  status: ContainerStatus.CREATED,
  created: createdAgo(0),
  startat: '0001-01-01T00:00:00Z',
})

const shown = { truncate: true, nowMs }
const ps = (format: string | undefined, containers: ReadonlyArray<Container>, truncate = true) => {
  const text = psText(containers, format, { ...shown, truncate })
  return E.isRight(text) ? text.right : `REFUSED ${text.left}`
}

test('ps has the columns and widths of today', () => {
  const lines = [
    'CONTAINER ID\tIMAGE  \tCOMMAND                    \tCREATED      \t' +
      'STATUS                    \tPORTS               \tNAMES',
    'a1a1a1a1a1a1\tbusybox\t"sh -c while true; do s..."\t2 minutes ago\t' +
      'Up 5 seconds              \t0.0.0.0:8080->80/tcp\tweb',
    'b2b2b2b2b2b2\tbusybox\t"true"                     \t2 hours ago  \t' +
      'Exited (137) 3 seconds ago\t                    \tjob',
    'c3c3c3c3c3c3\tbusybox\t"sh"                       \t             \t' +
      'Created                   \t0.0.0.0:8080->80/tcp\t' +
      fresh.name,
  ]
  assert.is(ps(undefined, [web, job, fresh]), lines.map((line) => `${line}\n`).join(''))
})

test('--format manual has the columns of the manual (CLI-PS-02, CLI-PS-03)', () => {
  const [head = '', first = '', second = '', third = ''] = ps('manual', [web, job, fresh])
    .split('\n')
    .map((line) => line.split('\t').map((cell) => cell.trim()))
    .map((cellTexts) => cellTexts.join('|'))
  assert.is(
    head,
    'ID|IMAGE|STATUS|PID|COMMAND|EXIT_CODE|RESTART_COUNT|STARTAT|FINISHAT|RUNTIME|NAMES',
  )
  assert.is(
    first,
    'a1a1a1a1a1a1|busybox|running|42|"sh -c while true; do s..."|0|0|5 seconds ago|-|crun|web',
  )
  assert.is(
    second,
    'b2b2b2b2b2b2|busybox|exited|-|"true"|137|2|About an hour ago|3 seconds ago|crun|job',
  )
  assert.is(third, `c3c3c3c3c3c3|busybox|inited|-|"sh"|0|0|-|-|crun|${fresh.name}`)
})

test('a template with table has a header, without it none (CLI-PS-06, CLI-PS-07)', () => {
  assert.is(
    ps('table {{.ID}} {{.Image}}', [web], false),
    `ID${' '.repeat(62)} IMAGE\n${web.id} busybox\n`,
  )
  assert.is(ps('{{.Names}}\\t{{ .State }}\\\\', [web, job]), 'web\trunning\\\njob\texited\\\n')
  assert.is(ps('{{json .ID}}', [web]), 'REFUSED --format not support the field: json .ID')
  assert.is(ps('{{.Nope}}', [web]), 'REFUSED --format not support the field: Nope')
})

test('status words (spec 23)', () => {
  const status = (change: Partial<Container>): string =>
    statusText(Container.fromPartial({ ...web, ...change }), nowMs)
  assert.is(status({ health_state: 'healthy' }), 'Up 5 seconds (healthy)')
  assert.is(status({ status: ContainerStatus.PAUSED }), 'Up 5 seconds (Paused)')
  assert.is(status({ startat: secondsAgo(0) }), 'Up -')
  assert.is(
    status({ status: ContainerStatus.RESTARTING, exit_code: 1, finishat: secondsAgo(2) }),
    'Restarting (1) 2 seconds ago',
  )
  assert.is(status({ status: ContainerStatus.UNKNOWN }), 'Unknown')
})

test('containers come newest start first, never started last', () => {
  const order = (byCreation: boolean): ReadonlyArray<string> =>
    sortContainers([fresh, job, web], byCreation).map((c) => c.id.slice(0, 2))
  assert.equal(order(false), ['a1', 'b2', 'c3'])
  assert.equal(order(true), ['c3', 'a1', 'b2'])
})

test('durations in words', () => {
  const words = [
    [0, 'Less than a second'],
    [1, '1 second'],
    [59, '59 seconds'],
    [60, 'About a minute'],
    [780, '13 minutes'],
    [3600, 'About an hour'],
    [7200, '2 hours'],
    [86400 * 3, '3 days'],
    [86400 * 20, '2 weeks'],
    [86400 * 90, '3 months'],
    [86400 * 800, '2 years'],
  ] as const
  for (const [seconds, text] of words) assert.is(durationText(seconds), text)
  assert.is(agoText('0001-01-01T00:00:00Z', nowMs), '-')
  assert.is(agoText('2026-11-21T11:59:58.123456789+00:00', nowMs), '1 second ago')
})

test('images: repository and tag apart, sizes in MB with three decimals', () => {
  const digest = `sha256:${'e4db68de4ff2'.padEnd(64, '0')}`
  const created_at = { seconds: 1700000000, nanos: 0 }
  const target = { digest, size: 1_982_857, media_type: '' }
  const text = imagesText([
    Image.fromPartial({ name: 'host:5000/library/busybox:1.36', target, created_at }),
    Image.fromPartial({ name: '', target: { ...target, size: 2048 } }),
  ])
  const local = new Date(1700000000_000)
  const pad = (n: number): string => String(n).padStart(2, '0')
  const time =
    `${local.getFullYear()}-${pad(local.getMonth() + 1)}-${pad(local.getDate())} ` +
    `${pad(local.getHours())}:${pad(local.getMinutes())}:${pad(local.getSeconds())}`
  const rows = text.split('\n').map((line) => line.split('\t').map((cell) => cell.trim()))
  assert.equal(rows[0], ['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE'])
  assert.equal(rows[1], ['host:5000/library/busybox', '1.36', 'e4db68de4ff2', time, '1.891MB'])
  assert.equal(rows[2], ['<none>', '<none>', 'e4db68de4ff2', '-', '2.000kB'])
  assert.is(imageNames([Image.fromPartial({ name: 'a:b' })]), 'a:b\n')
})

const object = { Id: 'x', State: { Status: 'running', Pid: 5, Health: null }, Args: ['a'] }

const pick = (format: string): string => {
  const picks = parseInspectFormat(format)
  if (E.isLeft(picks)) return `REFUSED ${picks.left}`
  const text = pickText(object, picks.right)
  return E.isRight(text) ? text.right : `FAILED ${text.left}`
}

test('inspect -f: paths and json of paths, one line each (CLI-INSPECT-02, CLI-SC-17)', () => {
  assert.is(pick('{{.State.Status}}'), 'running\n')
  assert.is(pick('{{json .State.Status}}'), '"running"\n')
  assert.is(pick('{{json .State}}'), '{"Status":"running","Pid":5,"Health":null}\n')
  assert.is(pick('{{.Id}} {{ json .Args }}'), 'x\n["a"]\n')
  assert.is(pick('{{.State}}').slice(0, 6), 'FAILED')
  assert.is(pick('{{.Nope}}'), 'FAILED Executing "" at <.Nope>: map has no entry for key "Nope"')
  assert.is(
    pick('{{.State.Nope}}'),
    'FAILED Executing "" at <.State.Nope>: map has no entry for key "Nope"',
  )
  for (const format of ['', 'x', '{{.Id | upper}}', '{{range .Args}}', '{{.Id}} and {{.Id}}'])
    assert.is(pick(format).slice(0, 7), 'REFUSED', format)
})

test('JSON keeps numbers beyond 2^53 and everything else as JSON.parse does', () => {
  const text = '{"a":18446744073709551615,"b":[-9223372036854775808],"c":"9223372036854775807"}'
  assert.is(printExact(parseExact(text)), text)
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      const json = JSON.stringify(value)
      assert.is(printExact(parseExact(json)), json)
    }),
  )
})

test('an event is one line with local time, nanoseconds and its annotations', () => {
  const line = eventLine({
    timestamp: { seconds: 1700000000, nanos: 42 },
    opt: 'container create',
    id: 'abc',
    annotations: { name: 'web', image: 'busybox' },
  })
  const [time = '', ...rest] = line.split(' ')
  assert.match(time, /^2023-11-1\dT\d\d:\d\d:\d\d\.000000042[+-]\d\d:\d\d$/)
  assert.is(Date.parse(time), 1700000000_000)
  assert.is(rest.join(' '), 'container create abc (name=web, image=busybox)\n')
})

test('info shows the documented labels in their order (INFO-SYS-02)', () => {
  const text = infoText(
    InfoResponse.fromPartial({
      containers_num: 2,
      c_stopped: 2,
      driver_name: 'overlay',
      driver_status: 'Backing Filesystem: extfs\nSupports d_type: true\n',
      http_proxy: 'http://user:secret@proxy:8080/',
      total_mem: 7,
    }),
  )
  const lines = text.split('\n')
  assert.equal(lines.slice(0, 9), [
    'Containers: 2',
    ' Running: 0',
    ' Paused: 0',
    ' Stopped: 2',
    'Images: 0',
    'Server Version: ',
    'Storage Driver: overlay',
    ' Backing Filesystem: extfs',
    ' Supports d_type: true',
  ])
  assert.ok(lines.includes('Total Memory: 7 GB'))
  assert.ok(lines.includes('Http Proxy: http://xxxx:xxxx@proxy:8080/'))
})

test('version has the blocks of server and OCI config', () => {
  const reply = { version: '1', git_commit: 'c', build_time: 't', root_path: '', cc: 0, errmsg: '' }
  assert.is(
    serverBlock(reply),
    'Server:\n  Version:\t1\n  Git commit:\tc\n  Built:\tt\n\n' +
      'OCI config:\n  Version:\t1.0.1\n  Default file:\t/etc/default/isulad/config.json\n',
  )
})

test.run()
