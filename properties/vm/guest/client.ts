/** The command line client inside one process: the same code, without a start for each call. */
import * as E from 'fp-ts/lib/Either.js'
import { commandFor } from '../../../cli/isula/commands/table.ts'
import { parseInvocation } from '../../../cli/isula/grammar/invocation.ts'
import { connectTo } from '../../../cli/isula/transport/connection.ts'

export interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A connection of its own for each call, as the program has. */
export const isula = async (socket: string, words: ReadonlyArray<string>): Promise<Said> => {
  const env = { ...process.env, ISULAD_HOST: `unix://${socket}`, ISULA_RUN_DIR: '/isulad/run' }
  const invocation = parseInvocation(words, env, '0')
  if (E.isLeft(invocation)) throw new Error(invocation.left.text)
  const load = commandFor[invocation.right.spec.name]
  if (load === undefined) throw new Error(`no command ${invocation.right.spec.name}`)
  const command = await load()
  const connection = connectTo(invocation.right.address)
  let [out, err] = ['', '']
  try {
    const code = await command({
      ...invocation.right,
      connection,
      out: (text) => {
        out += typeof text === 'string' ? text : Buffer.from(text).toString('utf8')
      },
      err: (text) => {
        err += text
      },
      env,
    })
    return { code, out, err }
  } finally {
    connection.close()
  }
}
