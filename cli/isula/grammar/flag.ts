/** What the argument tables are made of, and the flags that every command has. */

/** `list` flags may be repeated; of the others the last one counts. */
export type FlagKind = 'bool' | 'string' | 'list' | 'int'

export interface Flag {
  readonly long: string
  /** One character. */
  readonly short?: string
  /** Other spellings of `long` that sources use. */
  readonly aliases?: ReadonlyArray<string>
  readonly kind: FlagKind
  readonly help: string
  /** False: documented, refused by its name. */
  readonly supported: boolean
}

export interface CommandSpec {
  readonly name: string
  /** What follows `isula NAME [OPTIONS]`. */
  readonly operands: string
  readonly summary: string
  readonly flags: ReadonlyArray<Flag>
  readonly minOperands: number
  readonly maxOperands: number
  /** After the first operand everything belongs to the container (CLI-PARSE-08). */
  readonly operandEndsFlags: boolean
  /** Exit code for a wrong number of operands. */
  readonly usageExit: number
}

/** `-s, --long` → row; `name` is `long` or `s/long`, with aliases after further slashes. */
const row =
  (supported: boolean, kind: FlagKind) =>
  (name: string, help: string): Flag => {
    const parts = name.split('/')
    const short = parts[0]?.length === 1 ? parts[0] : undefined
    const [long = '', ...aliases] = short === undefined ? parts : parts.slice(1)
    return {
      long,
      ...(short === undefined ? {} : { short }),
      ...(aliases.length === 0 ? {} : { aliases }),
      kind,
      help,
      supported,
    }
  }

export const bool = row(true, 'bool')
export const text = row(true, 'string')
export const list = row(true, 'list')
export const int = row(true, 'int')

/** Documented, but not there now: the kind still tells the parser where the value is. */
export const later = {
  bool: row(false, 'bool'),
  text: row(false, 'string'),
  list: row(false, 'list'),
  int: row(false, 'int'),
}

export const commonFlags: ReadonlyArray<Flag> = [
  bool('D/debug', 'Debug mode'),
  bool('help', 'Print usage'),
  text('H/host', 'Daemon socket to connect to: unix:///PATH or tcp://HOST:PORT'),
  later.bool('tls', 'Use TLS'),
  later.bool('tlsverify', 'Use TLS and verify the remote'),
  later.text('tlscacert', 'Trust certificates signed only by this CA'),
  later.text('tlscert', 'Path to TLS certificate file'),
  later.text('tlskey', 'Path to TLS key file'),
]
