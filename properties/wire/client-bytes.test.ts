/** What our client sends for every command, beside what upstream's was seen to send. */
import * as E from 'fp-ts/lib/Either.js'
import { equal, is, match } from 'uvu/assert'
import { commandFor } from '../../cli/isula/commands/table.ts'
import { commandTable } from '../../cli/isula/grammar/commands.ts'
import { parseInvocation } from '../../cli/isula/grammar/invocation.ts'
import type { Connection } from '../../cli/isula/transport/connection.ts'
import { suite } from '../testing/suite.ts'
import { number, shown, text } from './protobuf.ts'

const test = suite("the client's bytes")

const id = '7'.repeat(64)
const containerJson = JSON.stringify({
  Id: id,
  State: { Pid: 5, Status: 'running' },
  Config: {},
  NetworkSettings: { Ports: {} },
})

/** Replies as an upstream daemon encodes them. */
const replies: Readonly<Record<string, Buffer>> = {
  '/containers.ContainerService/Create': text(1, id),
  '/containers.ContainerService/Inspect': text(1, containerJson),
  '/containers.ContainerService/Exec': Buffer.alloc(0),
  '/images.ImagesService/Inspect': text(1, '{"image":{"id":"x"}}'),
}

const failing: Readonly<Record<string, Buffer>> = {
  '/containers.ContainerService/Inspect': Buffer.concat([
    number(2, 5),
    text(3, 'No such image or container or accelerator:busybox'),
  ]),
}

/** Takes down each call as `Service/Method fields`. */
const recorder = (sent: Array<string>, answers: Readonly<Record<string, Buffer>>): Connection => {
  const note = (path: string, message: Uint8Array): Buffer => {
    const name = path.replace(/^\/[a-z_]+\./, '').replace('ContainerService/', '')
    sent.push(`${name} ${shown(Buffer.from(message))}`.trimEnd())
    return answers[path] ?? Buffer.alloc(0)
  }
  return {
    unary: (call, request) =>
      Promise.resolve(E.right(call.decode(note(call.path, call.encode(request))))),
    stream: (call, request) => {
      note(call.path, call.encode(request))
      return Promise.resolve(E.right(undefined))
    },
    duplex: () => {
      throw new Error('no stream was expected')
    },
    close: () => undefined,
  }
}

const sent = async (
  words: ReadonlyArray<string>,
  answers: Readonly<Record<string, Buffer>> = replies,
): Promise<ReadonlyArray<string>> => {
  const parsed = parseInvocation(words, {}, '0.0.0')
  if (E.isLeft(parsed)) throw new Error(parsed.left.text)
  const load = commandFor[parsed.right.spec.name]
  if (load === undefined) throw new Error(`no code for ${words.join(' ')}`)
  const command = await load()
  const calls: Array<string> = []
  await command({
    ...parsed.right,
    connection: recorder(calls, answers),
    out: () => undefined,
    err: () => undefined,
    env: {},
  })
  return calls
}

const plainHost = '{"RestartPolicy":{"Name":"no"}}'

/** A command line, and its calls: method, then field numbers with values, as recorded. */
const recorded: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ['version', ['Version']],
  ['info', ['Info']],
  ['ps', ['List']],
  ['ps -q', ['List']],
  ['ps -a', ['List 2:1']],
  ['stop c', ['Stop 1:"c" 3:10']],
  ['stop -t 0 c', ['Stop 1:"c"']],
  ['stop -t -1 c', ['Stop 1:"c" 3:-1']],
  ['stop -f c', ['Stop 1:"c" 2:1 3:10']],
  ['stop a b', ['Stop 1:"a" 3:10', 'Stop 1:"b" 3:10']],
  ['restart c', ['Restart 1:"c" 2:10']],
  ['restart -t 3 c', ['Restart 1:"c" 2:3']],
  ['kill c', ['Kill 1:"c" 2:9']],
  ['kill -s USR1 c', ['Kill 1:"c" 2:10']],
  ['kill -s 15 c', ['Kill 1:"c" 2:15']],
  ['rm c', ['Delete 1:"c"']],
  ['rm -f -v c', ['Delete 1:"c" 2:1 3:1']],
  ['start c d', ['Start 1:"c"', 'Start 1:"d"']],
  ['pause c', ['Pause 1:"c"']],
  ['unpause c', ['Resume 1:"c"']],
  ['rename a b', ['Rename 1:"a" 2:"b"']],
  ['wait c', ['Wait 1:"c"']],
  ['update -m 80m c', ['Update 1:"c" 2:"{\\"Memory\\":83886080}"']],
  ['inspect c', ['Inspect 1:"c" 3:120']],
  ['inspect -t 5 c', ['Inspect 1:"c" 3:5']],
  ['inspect -f {{.Id}} c', ['Inspect 1:"c" 2:1 3:120']],
  ['logs c', ['Logs 1:"c" 7:-1']],
  ['logs -f --tail 3 c', ['Logs 1:"c" 6:1 7:3']],
  ['logs -t --tail 0 c', ['Logs 1:"c" 5:1']],
  // Upstream's asks for the container before; its daemon takes the name here as well.
  ['top c', ['Top 1:"c"']],
  ['top c -ef', ['Top 1:"c" 2:"-ef"']],
  ['port c', ['Inspect 1:"c" 3:120']],
  // The CPU share is computed from two samples.
  ['stats --no-stream c', ['Stats 2:"c"', 'Stats 2:"c"']],
  ['stats --no-stream -a', ['Stats 3:1', 'Stats 3:1']],
  ['events', ['Events']],
  ['events -n c', ['Events 4:"c"']],
  ['images', ['ImagesService/List']],
  ['rmi x', ['ImagesService/Delete 1:"x"']],
  ['rmi -f x', ['ImagesService/Delete 1:"x" 2:1']],
  ['tag a b:1', ['ImagesService/Tag 1:"a" 2:"b:1"']],
  ['load -i /x.tar', ['ImagesService/Load 1:"/x.tar" 2:"oci"']],
  ['load -i /x.tar --tag n:1', ['ImagesService/Load 1:"/x.tar" 2:"oci" 3:"n:1"']],
]

test('spec 22 section 6: each command makes the recorded calls, with these fields', async () => {
  for (const [line, calls] of recorded) equal(await sent(line.split(' ')), calls, line)
})

test('spec 22 section 6: the recorded run -d, to the last byte of both documents', async () => {
  const flags = '--name demo -e A=B -m 64m --cpus 0.5 -v /tmp:/mnt:ro --label x=y'.split(' ')
  const calls = await sent(['run', '-d', ...flags, 'busybox', 'sh', '-c', 'sleep 1'])
  const host =
    '{"Binds":["/tmp:/mnt:ro"],"RestartPolicy":{"Name":"no"},' +
    '"Memory":67108864,"NanoCpus":500000000}'
  const custom = '{"Env":["A=B"],"Cmd":["sh","-c","sleep 1"],"Labels":{"x":"y"},"Annotations":{}}'
  equal(calls, [
    `Create 1:"demo" 3:"busybox" 5:${JSON.stringify(host)} 6:${JSON.stringify(custom)}`,
    `Start 1:"${id}"`,
  ])
})

/** The two documents of a create without any other member. */
const documents = async (line: string): Promise<readonly [string, string]> => {
  const [call = ''] = await sent(line.split(' '))
  const [, host = '""', custom = '""'] =
    / 5:("(?:[^"\\]|\\.)*") 6:("(?:[^"\\]|\\.)*")/.exec(call) ?? []
  return [String(JSON.parse(host)), String(JSON.parse(custom))]
}

const withMembers = (members: string): string => `${plainHost.slice(0, -1)},${members}}`

const recordedDocuments: ReadonlyArray<readonly [string, string, string]> = [
  ['create busybox', plainHost, '{"Annotations":{}}'],
  [
    'run -d --rm busybox',
    '{"AutoRemove":true,"AutoRemoveBak":true,"RestartPolicy":{"Name":"no"}}',
    '{"Annotations":{}}',
  ],
  [
    'create --tmpfs /t:size=1m busybox',
    '{"Tmpfs":{"/t:size=1m":""},"RestartPolicy":{"Name":"no"}}',
    '{"Annotations":{}}',
  ],
  [
    'create --restart on-failure:3 busybox',
    '{"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":3}}',
    '{"Annotations":{}}',
  ],
  [
    'create --ulimit nofile=100:200 busybox',
    withMembers('"Ulimits":[{"Name":"nofile","Hard":200,"Soft":100}]'),
    '{"Annotations":{}}',
  ],
  [
    'create -it busybox sh',
    plainHost,
    '{"AttachStdin":true,"AttachStdout":true,"AttachStderr":true,"Tty":true,"OpenStdin":true,' +
      '"Cmd":["sh"],"Annotations":{}}',
  ],
]

test('spec 22 section 6: the other recorded members of create and run', async () => {
  for (const [line, host, custom] of recordedDocuments)
    equal(await documents(line), [host, custom], line)
})

test('spec 22 section 6: exec asks for the container first, then names its exec', async () => {
  const [inspect, exec = ''] = await sent(['exec', '-d', '-e', 'A=B', '-u', '0', 'c', 'ls', '-l'])
  is(inspect, 'Inspect 1:"c" 3:120')
  match(exec, new RegExp(`^Exec 1:"${id}" 10:"ls" 10:"-l" 11:"A=B" 12:"0" 13:"[0-9a-f]{64}"$`))
})

test('spec 22 section 2: what is no container is looked for among the images', async () => {
  const calls = await sent(['inspect', 'busybox'], { ...replies, ...failing })
  equal(calls, ['Inspect 1:"busybox" 3:120', 'ImagesService/Inspect 1:"busybox" 3:120'])
})

test('spec 22 section 3: the filters of ps have one value a key', async () => {
  equal(await sent(['ps', '-n', '3']), ['List 1:"\\n\\u0006last_n\\u0012\\u00013"'])
  equal(await sent(['ps', '-l']), ['List 1:"\\n\\u0006last_n\\u0012\\u00011"'])
  equal(await sent(['ps', '-f', 'name=x']), ['List 1:"\\n\\u0004name\\u0012\\u0001x"'])
})

/** Ours alone, without a call, or with streams that are tried elsewhere. */
const elsewhere = new Set([
  ...['run', 'create', 'exec', 'attach', 'cp', 'export', 'import', 'help', 'completion', 'volume'],
  ...['explain', 'audit', 'recovery', 'commit', 'diff', 'pull', 'login', 'logout', 'search'],
  'network',
])

test('no command of upstream is left out', () => {
  const tried = new Set(recorded.map(([line]) => line.split(' ')[0]))
  const untried = commandTable.map(({ name }) => name).filter((name) => !tried.has(name))
  equal(
    untried.filter((name) => !elsewhere.has(name)),
    [],
  )
})

test.run()
