/** The flags that several commands share. */
import type { FlagSpec } from './arguments.ts'

export const outputFlags: ReadonlyArray<FlagSpec> = [
  { name: '--json', help: 'print one JSON document' },
  { name: '--help', short: '-h', help: 'print this text' },
]

export const sourceFlags: ReadonlyArray<FlagSpec> = [
  {
    name: '--socket',
    short: '-H',
    value: 'ADDRESS',
    help: 'ask the daemon there (default: $ISULAD_HOST, unix:///var/run/isulad.sock)',
  },
  {
    name: '--journal',
    short: '-j',
    value: 'PATH',
    help: "read a daemon's root, its journal folder, or an exported file instead",
  },
  { name: '--html', value: 'FILE', help: 'write a self-contained page as well' },
]

export const hostFlags: ReadonlyArray<FlagSpec> = [
  { name: '--graph', value: 'DIR', help: "the daemon's root (default: that of the journal)" },
  {
    name: '--state',
    value: 'DIR',
    help: "the daemon's state directory (default: /var/run/isulad)",
  },
  {
    name: '--cgroup-parent',
    value: 'PATH',
    help: "the daemon's cgroup parent (default: /isulad)",
  },
]

export const rangeFlags = (from: string, to: string): ReadonlyArray<FlagSpec> => [
  { name: '--from', value: 'TIME|SEQ', help: from },
  { name: '--to', value: 'TIME|SEQ', help: to },
]
