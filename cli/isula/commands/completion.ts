/** `isula completion bash|zsh`: the completion script of a shell; no daemon is asked. */
import { fail, type Command } from './command.ts'

export const completion: Command = async (input) => {
  const [shell = ''] = input.operands
  switch (shell) {
    case 'bash':
      input.out((await import('../shell/bash-completion.ts')).bashCompletion())
      return 0
    case 'zsh':
      input.out((await import('../shell/zsh-completion.ts')).zshCompletion())
      return 0
    default:
      return fail(input, `isula completion: there is none for '${shell}', only for bash and zsh`)
  }
}
