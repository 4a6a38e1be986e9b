/**
 * Times calls of List, and of the echo server in turn, from a process of its own:
 * SOCKET ECHO_SOCKET ECHO_BYTES CALLS PAUSE_MS CONTAINERS; JSON of ms.
 */
import { EchoClient } from './echo-client.ts'
import { ListClient } from './list-client.ts'

const [socket = '', echoSocket = '', ...numbers] = process.argv.slice(2)
const [echoBytes = 0, calls = 0, pauseMs = 0, containers = 0] = numbers.map(Number)
const warmUpCalls = 500

const client = new ListClient(socket)
const echo = new EchoClient(echoSocket, echoBytes)

const measure = async (count: number, waitMs: number) => {
  const times = { list: [] as number[], echo: [] as number[] }
  for (let n = 0; n < count; n += 1) {
    const { ms, containers: shown } = await client.time()
    if (shown < containers) throw new Error(`ps shows ${shown} of ${containers} containers`)
    times.list.push(ms)
    times.echo.push(await echo.time())
    if (waitMs > 0) await new Promise((done) => setTimeout(done, waitMs))
  }
  return times
}

// The compilers of both sides have their fill first; then the parent is told to begin its load.
await measure(warmUpCalls, 0)
process.stdout.write('warm\n')
const times = await measure(calls, pauseMs)
client.close()
echo.close()
process.stdout.write(`${JSON.stringify(times)}\n`)
