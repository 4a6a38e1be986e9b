/** A daemon that dies in the middle of a call: the client never takes that for a success. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { equal, match } from 'uvu/assert'
import { run } from '../../../properties/harness/run.ts'
import { suite } from '../../../properties/testing/suite.ts'

const test = suite('a cut connection')
const folder = mkdtempSync(`${tmpdir()}/isula-cut-`)
const path = `${folder}/socket`
test.after(() => rmSync(folder, { recursive: true, force: true }))

/** Takes connections and cuts each `afterMs` after its first bytes (null: at once, unread). */
const cutting = (afterMs: number | null): Promise<Server> => {
  const cut = (socket: Socket): void => {
    socket.on('error', () => socket.destroy())
    if (afterMs === null) socket.destroy()
    else socket.once('data', () => setTimeout(() => socket.destroy(), afterMs))
  }
  const server = createServer(cut)
  return new Promise((listening) => server.listen(path, () => listening(server)))
}

const clients = (): ReadonlyArray<readonly [string, ReadonlyArray<string>]> => [
  [process.execPath, ['--import', 'tsx', 'cli/isula/main.ts']],
  ...[
    'node_modules/@oven/bun-linux-x64-baseline/bin/bun',
    'node_modules/@oven/bun-linux-x64/bin/bun',
  ]
    .filter((bun) => existsSync(bun))
    .map((bun) => [bun, ['cli/isula/main.ts']] as const),
]

for (const afterMs of [null, 0, 1, 5]) {
  const when = afterMs === null ? 'before the request' : `${afterMs} ms after the request`
  test(`W12 no exit code 0 when it is cut ${when}`, async () => {
    const server = await cutting(afterMs)
    try {
      for (const [program, args] of clients()) {
        const env = { ISULAD_HOST: `unix://${path}` }
        const ran = await run(program, [...args, 'rm', '-f', 'something'], { env, ms: 15_000 })
        equal(ran.code, 1, `${program}: ${ran.stderr}`)
        match(ran.stderr, 'Can not connect with server')
      }
    } finally {
      await new Promise((closed) => server.close(closed))
    }
  })
}

test.run()
