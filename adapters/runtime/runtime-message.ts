/** The error text of an OCI runtime without its logging dress; the words stay the runtime's. */

const unquote = (quoted: string): string => {
  try {
    const text: unknown = JSON.parse(quoted)
    return typeof text === 'string' ? text : quoted
  } catch (error) {
    if (error instanceof SyntaxError) return quoted
    throw error
  }
}

/** runc: `time="…" level=error msg="…"`; crun: plain, or after a time stamp. */
const lineText = (line: string): string => {
  const logged = /\blevel=(?:error|fatal) msg=("(?:[^"\\]|\\.)*")/.exec(line)
  if (logged?.[1] !== undefined) return unquote(logged[1])
  return line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z?: /, '').trim()
}

/** The error lines joined; where runc logs, its warnings are left out. */
export const runtimeMessage = (stderr: string): string => {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const errors = lines.filter((line) => /\blevel=(error|fatal) /.test(line))
  const chosen = errors.length > 0 ? errors : lines.filter((line) => !/\blevel=\w+ /.test(line))
  return chosen.map(lineText).join('; ')
}
