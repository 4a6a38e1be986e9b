/** The exit code for a process that could not be started (spec 22 section 2). */

const notFound = /executable file not found|no such file or directory|not a directory/i
const notExecutable = /permission denied/i

export const startFailureExit = (message: string, otherwise: number): number =>
  notFound.test(message) ? 127 : notExecutable.test(message) ? 126 : otherwise

/** An entry point of the command line that is missing is the engine's failure (CLI-EXIT-01). */
export const runFailureExit = (message: string, entrypoint: string | undefined): number => {
  const code = startFailureExit(message, 125)
  return code === 127 && entrypoint !== undefined && entrypoint !== '' ? 125 : code
}
