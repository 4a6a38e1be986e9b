/** Where the commands write, and how they end. */

export interface Output {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
  /** Whether `error` is a terminal, which can show a progress bar. */
  readonly isTerminal: boolean
  readonly writeFile: (path: string, text: string) => Promise<void>
  readonly readFile: (path: string) => Promise<string>
}

/** 0: all held, 1: something broke, 2: wrong usage or a file that cannot be used. */
export type ExitCode = 0 | 1 | 2

/** `-` is the standard output. */
export const writeTo = async (output: Output, path: string, text: string): Promise<void> => {
  if (path === '-') output.out(text)
  else await output.writeFile(path, text)
}
