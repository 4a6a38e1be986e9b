/** Sessions over TCP: streams on the calls, as FIFOs need the daemon's host (spec 22.1, 22.3). */
import { createConnection, createServer, type AddressInfo, type Server } from 'node:net'
import { equal, is, match } from 'uvu/assert'
import { executables } from '../../harness/daemon.ts'
import { run, type Ran } from '../../harness/run.ts'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula over TCP', {}, ['program:script'])
const { test, remove } = cli

/** Stands for a daemon that listens on TCP: passes connections on to the socket. */
const relay = async (): Promise<Server> => {
  const server = createServer((client) => {
    const daemon = createConnection(cli.daemon.socket)
    client.pipe(daemon).pipe(client)
    client.on('error', () => daemon.destroy())
    daemon.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

const portOf = (server: Server): number => {
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

type Remote = (stdin: string, ...args: ReadonlyArray<string>) => Promise<Ran>

/** The run folder is one that no daemon looks into. */
const withRelay = async (body: (remote: Remote, host: string) => Promise<void>): Promise<void> => {
  const server = await relay()
  const host = `tcp://127.0.0.1:${portOf(server)}`
  const env = { ISULAD_HOST: host, ISULA_RUN_DIR: '/nonexistent' }
  try {
    await body((stdin, ...args) => run(executables.isula, args, { env, stdin }), host)
  } finally {
    server.close()
  }
}

test('CLI-RUN-05: run -i, its stdin, both outputs and the exit code', () =>
  withRelay(async (remote) => {
    const script = 'cat; echo err >&2; exit 7'
    const ran = await remote('typed', 'run', '--rm', '-i', 'busybox', 'sh', '-c', script)
    equal(ran, { code: 7, stdout: 'typed', stderr: 'err\n' })
    const large = await remote('', 'run', '--rm', 'busybox', 'head', '-c', '3000000', '/dev/zero')
    is(large.stdout.length, 3_000_000)
    const missing = await remote('', 'run', '--rm', 'busybox', 'nosuch')
    is(missing.code, 127)
    match(missing.stderr, 'nosuch')
  }))

test('CLI-EXEC-10: exec -i, start -a and attach', () =>
  withRelay(async (remote) => {
    await cli.start('far')
    const echoed = await remote('echo "größer $A"; exit 5', 'exec', '-i', '-e', 'A=ü', 'far', 'sh')
    equal(echoed, { code: 5, stdout: 'größer ü\n', stderr: '' })
    const missing = await remote('', 'exec', 'far', 'nosuch')
    is(missing.code, 127)
    match(missing.stderr, 'nosuch')
    is((await remote('', 'exec', '-d', 'far', 'sleep', '77')).code, 0)
    await cli.ok(
      'run',
      '-id',
      '--name',
      'near',
      'busybox',
      'sh',
      '-c',
      'read -r x; echo "$x"; exit 3',
    )
    equal(await remote('line\n', 'attach', 'near'), { code: 3, stdout: 'line\n', stderr: '' })
    equal(await remote('again\n', 'start', '-a', 'near'), {
      code: 3,
      stdout: 'again\n',
      stderr: '',
    })
    await remove('far', 'near')
  }))

test('a session on a terminal', () =>
  withRelay(async (_, host) => {
    const command = `"$ISULA" -H ${host}`
    const client = cli.onScreen(`${command} run -it --name seen busybox sh; echo "code $?"`)
    await client.says('/ # ')
    client.type('sleep 0.5; stty size\n')
    await client.says('30 90')
    client.type('\x10\x11')
    is(await client.ended, 0)
    match(client.stdout, 'code 0')
    const exec = cli.onScreen(`${command} exec -it seen sh`)
    await exec.says('/ # ')
    exec.type('sleep 0.5; stty size; exit 4\n')
    await exec.says('30 90')
    is(await exec.ended, 4)
    await remove('seen')
  }))

cli.run()
