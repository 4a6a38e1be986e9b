/** `isula-audit`: proves or disproves a journal from its files alone; it never writes. */
import { runAudit } from './audit-command.ts'

process.exitCode = await runAudit(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
})
