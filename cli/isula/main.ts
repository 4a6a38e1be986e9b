#!/usr/bin/env node
/** `isula`: the command line client. */
import * as E from 'fp-ts/lib/Either.js'
import { clientBuild } from './build.ts'
import { commandFor } from './commands/table.ts'
import { parseInvocation } from './grammar/invocation.ts'
import { connectTo } from './transport/connection.ts'
import { cannotConnect } from './transport/failure.ts'

/** Two output FIFOs and a file as stdin may each hold a thread of Node's pool. */
process.env['UV_THREADPOOL_SIZE'] ??= '8'

const brokenPipeExit = 128 + 13

const exitOnBrokenPipe = (error: Error & { readonly code?: string }): void => {
  if (error.code !== 'EPIPE') throw error
  process.exit(brokenPipeExit)
}

const run = async (): Promise<number> => {
  const invocation = parseInvocation(process.argv.slice(2), process.env, clientBuild().version)
  if (E.isLeft(invocation)) {
    const { text, exitCode } = invocation.left
    if (exitCode === 0) process.stdout.write(text)
    else process.stderr.write(text)
    return exitCode
  }
  const load = commandFor[invocation.right.spec.name]
  if (load === undefined) throw new Error(`no code for ${invocation.right.spec.name}`)
  const command = await load()
  return command({
    ...invocation.right,
    connection: connectTo(invocation.right.address),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    env: process.env,
  })
}

/** What was written must reach a slow reader before the process ends. */
const flush = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => resolve())
  })

/** A call that nobody answers any more leaves the process without work: that is no success. */
const failWithoutAnswer = (): void => {
  process.stderr.write(`${cannotConnect}\n`)
  process.exit(1)
}

const main = async (): Promise<void> => {
  process.exitCode = 1
  process.once('beforeExit', failWithoutAnswer)
  process.stdout.on('error', exitOnBrokenPipe)
  const exitCode = await run().catch((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error)
    process.stderr.write(`isula: ${text}\n`)
    return 1
  })
  await Promise.all([flush(process.stdout), flush(process.stderr)])
  process.exit(exitCode)
}

void main()
