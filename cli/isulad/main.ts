/** `isulad`: reads flags and daemon.json, runs the daemon, ends it on SIGTERM and SIGINT. */
import * as E from 'fp-ts/lib/Either.js'
import { existsSync, readFileSync } from 'node:fs'
import { daemonConfig } from '../../domain/config/daemon-config.ts'
import { helpText, versionText } from '../../domain/config/help.ts'
import { runDaemon, type RunningDaemon } from './daemon.ts'
import { openLogger } from './logger.ts'
import { engineVersion } from './version.ts'

const defaultConfigFile = '/etc/isulad/daemon.json'

const configFile = (): { readonly path: string; readonly text: string } | undefined => {
  const path = process.env['ISULAD_CONFIG'] ?? defaultConfigFile
  return existsSync(path) ? { path, text: readFileSync(path, 'utf8') } : undefined
}

const fail = (text: string, code = 1): never => {
  process.stderr.write(`${text}\n`)
  process.exit(code)
}

const endOnSignals = (daemon: RunningDaemon, log: (text: string) => void): void => {
  let ending = false
  const end = (signal: string): void => {
    if (ending) return
    ending = true
    log(`ending on ${signal}; containers go on`)
    daemon.stop(signal).then(
      () => process.exit(0),
      (error: unknown) => fail(`isulad could not end cleanly: ${String(error)}`),
    )
  }
  process.on('SIGTERM', () => end('SIGTERM'))
  process.on('SIGINT', () => end('SIGINT'))
  process.on('SIGHUP', () => undefined)
}

const main = async (): Promise<void> => {
  const invocation = daemonConfig(process.argv.slice(2), configFile())
  if (E.isLeft(invocation)) return fail(invocation.left.message)
  if (invocation.right._tag === 'Help') return void process.stdout.write(helpText())
  if (invocation.right._tag === 'Version')
    return void process.stdout.write(versionText(engineVersion))
  process.umask(0o022)
  const { config } = invocation.right
  const logger = openLogger(config)
  const log = {
    info: (text: string) => logger.info(text),
    warn: (text: string) => logger.warn(text),
    debug: (text: string) => logger.debug(text),
  }
  const onFatal = (code: number, cause: string): void => {
    logger.fatal(`the journal is lost: ${cause}`)
    fail(`isulad: the journal is lost: ${cause}`, code)
  }
  const daemon = await runDaemon(config, log, onFatal)
  if (E.isLeft(daemon)) {
    logger.fatal(daemon.left)
    return fail(`isulad: ${daemon.left}`)
  }
  endOnSignals(daemon.right, log.info)
}

await main()
