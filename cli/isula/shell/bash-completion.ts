/** Completion for bash, generated from the parser's tables. */
import { commonFlags, type CommandSpec, type Flag } from '../grammar/flag.ts'
import { byName, choicesOf, flagsOf, operandOffer, spellings, takesValue } from './offers.ts'

const words = (list: ReadonlyArray<string>): string => `'${list.join(' ')}'`

const everySpelling = (flags: ReadonlyArray<Flag>): ReadonlyArray<string> =>
  flags.flatMap((flag) => [
    ...spellings(flag),
    ...(flag.aliases ?? []).map((alias) => `--${alias}`),
  ])

/** One branch of `case $command`. */
const branch = (spec: CommandSpec): string => {
  const flags = flagsOf(spec)
  const offer = operandOffer(spec)
  const names = [
    ...(offer.containers ? ['containers'] : []),
    ...(offer.images ? ['images'] : []),
    ...(offer.repeated ? ['repeated'] : []),
    ...(spec.operandEndsFlags ? ['ends'] : []),
  ]
  return [
    `    ${spec.name})`,
    `      flags=${words(flags.flatMap(spellings))}`,
    `      hungry=${words(everySpelling(flags.filter(takesValue)))}`,
    `      names=${words(names)}`,
    `      literal=${words(offer.words)}`,
    '      ;;',
  ].join('\n')
}

const choiceBranches = (): string => {
  const flags = new Map(byName().flatMap((spec) => flagsOf(spec).map((f) => [f.long, f] as const)))
  return [...flags.values()]
    .filter((flag) => choicesOf(flag).length > 0)
    .map((flag) => {
      const patterns = everySpelling([flag]).join('|')
      return `    ${patterns}) offered=${words(choicesOf(flag))} ;;`
    })
    .join('\n')
}

const globalFlags = (): ReadonlyArray<Flag> => commonFlags.filter(({ supported }) => supported)

const tables = (): string => `
_isula_table() {
  flags=${words([...globalFlags().flatMap(spellings), '--version'])}
  hungry=${words(globalFlags().filter(takesValue).flatMap(spellings))}
  names=''
  literal=${words(byName().map(({ name }) => name))}
  case $1 in
${byName().map(branch).join('\n')}
  esac
}

_isula_choices() {
  offered=''
  case $1 in
${choiceBranches()}
  esac
}
`

/**
 * The line is split at blanks alone: bash's own words break at = and :, which flags and images
 * hold. \`host\` are the words that tell which daemon to ask.
 */
const script = `
_isula_ask() {
  local program=\${line[0]/#\\~/$HOME}
  case $1 in
    containers) "$program" "\${host[@]}" ps -a --format '{{.Names}}' 2>/dev/null ;;
    images) "$program" "\${host[@]}" images -q 2>/dev/null ;;
  esac
}

# Whether the flag or cluster $1 takes the next word: sets waiting.
_isula_waits() {
  waiting=''
  if [[ $1 == --* ]]; then
    [[ " $hungry " == *" $1 "* ]] && waiting=$1
    return
  fi
  local index
  for ((index = 1; index < \${#1}; index++)); do
    [[ " $hungry " == *" -\${1:index:1} "* ]] && waiting=-\${1:index:1}
  done
}

_isula_walk() {
  local word
  for word in "\${line[@]:1}"; do
    if [[ -n $waiting ]]; then
      [[ $waiting == -H || $waiting == --host ]] && host=(-H "$word")
      waiting=''
    elif [[ $word == -H=* || $word == --host=* ]]; then
      host=(-H "\${word#*=}")
    elif [[ $word == -?* && $word != *=* && -z $over ]]; then
      _isula_waits "$word"
    elif [[ $word != -?* || -n $over ]]; then
      if [[ -z $command ]]; then
        command=$word
        _isula_table "$command"
      else
        ((operands++))
        [[ " $names " == *' ends '* ]] && over=1
      fi
    fi
  done
}

_isula_operands() {
  offered=''
  if [[ $operands == 0 || " $names " == *' repeated '* ]]; then
    [[ $operands == 0 ]] && offered=$literal
    [[ " $names " == *' containers '* ]] && offered+=" $(_isula_ask containers)"
    [[ " $names " == *' images '* ]] && offered+=" $(_isula_ask images)"
  fi
}

_isula() {
  local text=\${COMP_LINE:0:COMP_POINT} current='' line=() host=()
  local command='' waiting='' over='' operands=0 flags hungry names literal offered=''
  local IFS=$' \\t\\n'
  read -ra line <<<"$text"
  if [[ $text != *[[:blank:]] ]]; then
    current=\${line[\${#line[@]} - 1]}
    unset "line[\${#line[@]} - 1]"
  fi
  COMPREPLY=()
  _isula_table ''
  _isula_walk
  local whole=$current
  if [[ -z $waiting && -z $over && $current == -*=* ]]; then
    _isula_waits "\${current%%=*}"
    current=\${current#*=}
  fi
  if [[ -n $waiting ]]; then
    _isula_choices "$waiting"
  elif [[ $current == -* && -z $over ]]; then
    offered=$flags
  else
    _isula_operands
  fi
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
  # bash replaces only what follows the last break; what stands before it is not repeated.
  local before=''
  if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
    before=\${current%"\${current##*:}"}
    COMPREPLY=("\${COMPREPLY[@]#"$before"}")
  elif [[ $whole != "$current" && $COMP_WORDBREAKS != *=* ]]; then
    COMPREPLY=("\${COMPREPLY[@]/#/\${whole%"$current"}}")
  fi
}

complete -o bashdefault -o default -F _isula isula
`

export const bashCompletion = (): string =>
  `# bash completion for isula; generated: isula completion bash\n${tables()}${script}`
