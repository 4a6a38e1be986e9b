/** The files below `share/` that a system keeps for a program: completion and manual pages. */
import { bashCompletion } from './bash-completion.ts'
import { manPages, type Edition } from './man-page.ts'
import { zshCompletion } from './zsh-completion.ts'

export interface ShareFile {
  /** Relative to `share/`. */
  readonly path: string
  readonly text: string
}

export const shareFiles = (edition: Edition): ReadonlyArray<ShareFile> => [
  { path: 'bash-completion/completions/isula', text: bashCompletion() },
  { path: 'zsh/site-functions/_isula', text: zshCompletion() },
  ...manPages(edition).map(({ file, text }) => ({ path: `man/man1/${file}`, text })),
]
