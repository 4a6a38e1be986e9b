/** Completion for zsh, generated from the parser's tables. */
import { commonFlags, type CommandSpec, type Flag } from '../grammar/flag.ts'
import { byName, choicesOf, flagsOf, operandOffer, spellings, takesValue } from './offers.ts'

/** Inside single quotes, as `_arguments` and `_describe` want descriptions. */
const description = (text: string): string =>
  text.replaceAll("'", "'\\''").replace(/[[\]:\\]/g, (c) => `\\${c}`)

const action = (flag: Flag): string => {
  if (!takesValue(flag)) return ''
  const choices = choicesOf(flag)
  return choices.length > 0 ? `:value:(${choices.join(' ')})` : ':value:_files'
}

/** `*` lets a list flag be given again; without it the spellings exclude each other. */
const flagSpecs = (flag: Flag): ReadonlyArray<string> => {
  const names = spellings(flag)
  const before = flag.kind === 'list' ? '*' : names.length > 1 ? `(${names.join(' ')})` : ''
  return names.map((name) => {
    const equals = takesValue(flag) ? '=' : ''
    return `'${before}${name}${equals}[${description(flag.help)}]${action(flag)}'`
  })
}

const operandSpecs = (spec: CommandSpec): ReadonlyArray<string> => {
  const offer = operandOffer(spec)
  const position = offer.repeated ? '*' : '1'
  const actions = [
    ...(offer.containers ? ['_isula_containers'] : []),
    ...(offer.images ? ['_isula_images'] : []),
  ]
  if (offer.words.length > 0) return [`'1:word:(${offer.words.join(' ')})'`]
  if (actions.length === 2) return [`'${position}:object:_isula_objects'`]
  return [`'${position}:operand:${actions[0] ?? '_files'}'`]
}

const branch = (spec: CommandSpec): string => {
  const end = spec.operandEndsFlags ? ["'*::argument:_normal'"] : []
  const specs = [...flagsOf(spec).flatMap(flagSpecs), ...operandSpecs(spec), ...end]
  const stop = spec.operandEndsFlags ? ' -A "-*"' : ''
  return [`        ${spec.name})`, `          _arguments -s${stop} \\`]
    .concat([specs.map((one) => `            ${one}`).join(' \\\n')])
    .concat(['          ;;'])
    .join('\n')
}

const globals = (): string =>
  [
    ...commonFlags.filter(({ supported }) => supported).flatMap(flagSpecs),
    "'--version[Print the version]'",
  ]
    .map((one) => `    ${one} \\`)
    .join('\n')

const described = (): string =>
  byName()
    .map(({ name, summary }) => `    '${name}:${description(summary)}'`)
    .join('\n')

export const zshCompletion = (): string => `#compdef isula
# zsh completion for isula; generated: isula completion zsh

_isula_containers() {
  local -a found
  found=(\${(f)"$(_call_program containers isula ps -a --format '{{.Names}}' 2>/dev/null)"})
  compadd -a found
}

_isula_images() {
  local -a found
  found=(\${(f)"$(_call_program images isula images -q 2>/dev/null)"})
  compadd -a found
}

_isula_objects() {
  _isula_containers
  _isula_images
}

_isula() {
  local curcontext=$curcontext state
  local -a line commands
  commands=(
${described()}
  )
  _arguments -C -A '-*' \\
${globals()}
    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
    command) _describe -t commands 'isula command' commands ;;
    argument)
      case $line[1] in
${byName().map(branch).join('\n')}
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _isula ]]; then
  _isula "$@"
else
  compdef _isula isula
fi
`
