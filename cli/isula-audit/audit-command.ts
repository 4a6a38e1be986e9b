/** Arguments, output and exit codes of `isula-audit`. */
import { findingText } from '../../journal/forensic/finding.ts'
import { verifyDirectory, type Verdict } from '../../journal/forensic/verify.ts'

export interface Output {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
}

/** 0: clean, 1: findings (or the files cannot be read), 2: wrong usage. */
export type ExitCode = 0 | 1 | 2

const usage = `Usage:  isula-audit verify [--json] DIR

Checks every byte and the hash chain of a journal, without opening it for writing.
DIR is a daemon's root or the journal folder in it.

Exit codes: 0 clean, 1 findings, 2 usage.
`

type Request =
  | { readonly _tag: 'Verify'; readonly directory: string; readonly json: boolean }
  | { readonly _tag: 'Help' }
  | { readonly _tag: 'Wrong'; readonly detail: string }

const requestOf = (args: ReadonlyArray<string>): Request => {
  if (args.includes('--help') || args.includes('-h')) return { _tag: 'Help' }
  const [command, ...rest] = args
  if (command === undefined) return { _tag: 'Wrong', detail: 'a command is missing' }
  if (command !== 'verify') return { _tag: 'Wrong', detail: `unknown command '${command}'` }
  const flags = rest.filter((arg) => arg.startsWith('-'))
  const unknown = flags.find((flag) => flag !== '--json')
  if (unknown !== undefined) return { _tag: 'Wrong', detail: `unknown flag '${unknown}'` }
  const [directory, ...more] = rest.filter((arg) => !arg.startsWith('-'))
  if (directory === undefined || more.length > 0)
    return { _tag: 'Wrong', detail: 'verify takes one directory' }
  return { _tag: 'Verify', directory, json: flags.length > 0 }
}

const verdictText = (verdict: Verdict): string => {
  const { head, findings, notes, records } = verdict
  const lines = [
    `journal of ${verdict.root}`,
    `records: ${records}`,
    `head:    ${head === undefined ? 'none' : `${head.seq} ${head.hash}`}`,
    ...notes.map((note) => `note:    ${note}`),
    ...findings.map((f) => `finding: ${findingText(f)}`),
    verdict.ok ? 'verdict: clean' : `verdict: ${findings.length} finding(s)`,
  ]
  return `${lines.join('\n')}\n`
}

const verify = async (
  request: Request & { readonly _tag: 'Verify' },
  output: Output,
): Promise<ExitCode> => {
  const verdict = await verifyDirectory(request.directory)
  if (verdict === undefined) {
    output.error(`isula-audit: ${request.directory}: there is no journal here\n`)
    return 2
  }
  output.out(request.json ? `${JSON.stringify(verdict, undefined, 2)}\n` : verdictText(verdict))
  return verdict.ok ? 0 : 1
}

export const runAudit = async (args: ReadonlyArray<string>, output: Output): Promise<ExitCode> => {
  const request = requestOf(args)
  switch (request._tag) {
    case 'Help':
      output.out(usage)
      return 0
    case 'Wrong':
      output.error(`isula-audit: ${request.detail}\n${usage}`)
      return 2
    case 'Verify':
      try {
        return await verify(request, output)
      } catch (error) {
        output.error(`isula-audit: ${error instanceof Error ? error.message : String(error)}\n`)
        return 1
      }
  }
}
