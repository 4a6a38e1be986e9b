/** The command table: what exists, with which flags and operands (spec 23 section 2). */
import { createFlags, detachKeys, runFlags, updateFlags } from './container-flags.ts'
import { bool, int, list, later, text, type CommandSpec, type Flag } from './flag.ts'

const spec = (
  usage: string,
  summary: string,
  more: Partial<Omit<CommandSpec, 'name' | 'operands' | 'summary'>> = {},
): CommandSpec => {
  const [name = '', ...operands] = usage.split(' ')
  return {
    name,
    operands: operands.join(' '),
    summary,
    flags: [],
    minOperands: 0,
    maxOperands: 0,
    operandEndsFlags: false,
    usageExit: 1,
    ...more,
  }
}

const many = { minOperands: 1, maxOperands: Infinity }
const one = { minOperands: 1, maxOperands: 1 }
const two = { minOperands: 2, maxOperands: 2 }
const starts = { ...many, operandEndsFlags: true, usageExit: 125 }

const graceTime = int('t/time', 'Seconds to wait before it is killed, below 0 for ever (10)')

const execFlags: ReadonlyArray<Flag> = [
  bool('d/detach', 'Run the command in the background'),
  detachKeys,
  list('e/env', 'Set environment variables: KEY=VALUE'),
  bool('i/interactive', 'Keep stdin open'),
  bool('t/tty', 'Allocate a pseudo terminal'),
  text('u/user', 'User: [NAME|UID][:GROUP|GID]'),
  text('w/workdir', 'Working directory inside the container'),
]

const psFlags: ReadonlyArray<Flag> = [
  bool('a/all', 'Show all containers (default shows just running)'),
  list('f/filter', 'Filter output: id, label, name, status, exited, last_n'),
  text('format', 'Format of the output: a template, or manual'),
  int('n/last', 'Show the last N created containers'),
  bool('l/latest', 'Show the latest created container'),
  bool('no-trunc', 'Do not truncate output'),
  bool('q/quiet', 'Only display ids'),
]

const lifecycle: ReadonlyArray<CommandSpec> = [
  spec('create IMAGE [COMMAND] [ARG...]', 'Create a new container', {
    ...starts,
    flags: createFlags,
  }),
  spec('run IMAGE [COMMAND] [ARG...]', 'Run a command in a new container', {
    ...starts,
    flags: runFlags,
  }),
  spec('start CONTAINER [CONTAINER...]', 'Start one or more stopped containers', {
    ...many,
    flags: [
      bool('a/attach', 'Attach stdin, stdout and stderr'),
      detachKeys,
      later.text('R/runtime', 'Runtime of the container'),
    ],
  }),
  spec('stop CONTAINER [CONTAINER...]', 'Stop one or more containers', {
    ...many,
    flags: [bool('f/force', 'Kill at once'), graceTime],
  }),
  spec('kill CONTAINER [CONTAINER...]', 'Send a signal to one or more running containers', {
    ...many,
    flags: [text('s/signal', 'Signal to send (SIGKILL)')],
  }),
  spec('restart CONTAINER [CONTAINER...]', 'Restart one or more containers', {
    ...many,
    flags: [graceTime],
  }),
  spec('pause CONTAINER [CONTAINER...]', 'Freeze all processes of containers', many),
  spec('unpause CONTAINER [CONTAINER...]', 'Let the processes of containers go on', many),
  spec('rm CONTAINER [CONTAINER...]', 'Remove one or more containers', {
    ...many,
    flags: [
      bool('f/force', 'Remove running containers too'),
      bool('v/volumes/volume', 'Remove the anonymous volumes of the container'),
    ],
  }),
  spec('exec CONTAINER COMMAND [ARG...]', 'Run a command in a running container', {
    minOperands: 2,
    maxOperands: Infinity,
    operandEndsFlags: true,
    flags: execFlags,
  }),
  spec('attach CONTAINER', 'Attach to the streams of a running container', {
    ...one,
    flags: [
      detachKeys,
      bool('no-stdin', 'Do not attach stdin'),
      text('sig-proxy', 'Pass signals on to the process: true, false (true)'),
    ],
  }),
  spec('update CONTAINER [CONTAINER...]', 'Change limits of one or more containers', {
    ...many,
    flags: updateFlags,
  }),
  spec('rename OLD_NAME NEW_NAME', 'Rename a container', two),
  spec(
    'cp CONTAINER:SRC_PATH|SRC_PATH|- DEST_PATH|-|CONTAINER:DEST_PATH',
    'Copy files between a container and here; - is a tar archive on stdin or stdout',
    two,
  ),
  spec('diff CONTAINER', "Show what a container has changed of its image's files", one),
  spec('export CONTAINER', "Write a container's file system to a tar archive", {
    ...one,
    flags: [text('o/output', 'File to write')],
  }),
  spec('wait CONTAINER [CONTAINER...]', 'Wait until containers stop; print their codes', many),
]

const queries: ReadonlyArray<CommandSpec> = [
  spec('ps', 'List containers', { flags: psFlags }),
  spec('inspect CONTAINER|IMAGE [CONTAINER|IMAGE...]', 'Show containers or images as JSON', {
    ...many,
    flags: [
      text('f/format', 'Format of the output: a template'),
      int('t/time', 'Seconds to wait for an answer, 0 or below for ever (120)'),
    ],
  }),
  spec('logs CONTAINER', "Print a container's output", {
    ...one,
    flags: [
      bool('f/follow', 'Follow the output'),
      text('since', 'Only lines from a time on: 2006-01-02T15:04:05, seconds, or 10m ago'),
      int('tail', 'Number of lines from the end (all)'),
      bool('t/timestamps', 'Show timestamps'),
      text('until', 'Only lines up to a time'),
    ],
  }),
  spec('top CONTAINER [PS_OPTIONS...]', 'Show the processes of a container', {
    ...many,
    operandEndsFlags: true,
  }),
  spec('stats [CONTAINER...]', 'Show what containers use, again every second', {
    maxOperands: Infinity,
    flags: [
      bool('a/all', 'Show all containers (default shows just running)'),
      bool('no-stream', 'Show the first result only'),
      bool('original', 'Show the figures as the daemon sends them'),
    ],
  }),
  spec('port CONTAINER [PORT[/PROTO]]', 'Show the published ports of a container', {
    minOperands: 1,
    maxOperands: 2,
  }),
  spec('events', 'Show events as they happen, or the whole history', {
    flags: [
      text('n/name', 'Only this container'),
      text('S/since', 'From a time, or from a sequence number of the journal'),
      text('U/until', 'Up to a time'),
    ],
  }),
  spec('info', 'Show information about the system'),
  spec('version', 'Show the version'),
  spec('explain CONTAINER', 'Tell why a container is in the state it is in', {
    ...one,
    flags: [bool('json', 'Show the document that the daemon sent')],
  }),
  spec('audit verify', "Check the journal's hash chain and history", {
    ...one,
    flags: [bool('json', 'Show the document that the daemon sent')],
  }),
  spec('recovery show', 'Show what the last recovery found and did', {
    ...one,
    flags: [bool('json', 'Show the document that the daemon sent')],
  }),
]

const images: ReadonlyArray<CommandSpec> = [
  spec('images', 'List images', {
    flags: [
      list('f/filter', 'Filter output: dangling, label, before, since, reference'),
      bool('q/quiet/quit', 'Only show image names'),
    ],
  }),
  spec('load', 'Load an image from a tar archive', {
    flags: [
      text('i/input', 'Archive to read'),
      text('t/type', 'Type of the image: docker'),
      text('tag', 'Name to give to the image'),
    ],
  }),
  spec('commit CONTAINER [REPOSITORY[:TAG]]', 'Make an image of what a container has changed', {
    minOperands: 1,
    maxOperands: 2,
    flags: [
      text('a/author', 'Author of the image'),
      list('c/change', 'Apply an instruction of a Dockerfile to the image'),
      text('m/message', 'Message in the history of the image'),
      bool('p/pause', 'Pause the container meanwhile (true)'),
    ],
  }),
  spec('import FILE REPOSITORY[:TAG]', "Make an image of a root file system's tar archive", two),
  spec('rmi IMAGE [IMAGE...]', 'Remove one or more images', {
    ...many,
    flags: [bool('f/force', 'Force removal')],
  }),
  spec('tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]', 'Add a name to an image', two),
]

const volumes: ReadonlyArray<CommandSpec> = [
  spec('volume ls|create|inspect|rm|prune [VOLUME...]', 'Manage volumes', {
    ...many,
    flags: [bool('f/force', 'prune: do not ask'), bool('q/quiet', 'ls: only show volume names')],
  }),
]

const itself: ReadonlyArray<CommandSpec> = [
  spec('help [COMMAND]', 'Show the commands, or the options of one', { maxOperands: 1 }),
  spec('completion bash|zsh', 'Print the completion script of a shell', one),
]

export const commandTable: ReadonlyArray<CommandSpec> = [
  ...lifecycle,
  ...queries,
  ...images,
  ...volumes,
  ...itself,
]

/** Commands of upstream that are refused by name. */
export const laterCommands: ReadonlySet<string> = new Set([
  'login',
  'logout',
  'network',
  'pull',
  'search',
])
