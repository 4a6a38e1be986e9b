/** `isula-audit`: proves, explains and replays a journal; it never writes to it. */
import { runAudit } from './audit-command.ts'

// Whoever reads the output may stop reading: `isula-audit timeline | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

process.exitCode = await runAudit(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
})
