/** What is timed of an engine: the same few things of each, by its own command line. */

export interface Engine {
  readonly name: string
  readonly version: string
  /** A container that ends at once, from nothing to nothing. */
  readonly runTrue: () => Promise<void>
  readonly create: (name: string) => Promise<void>
  readonly start: (name: string) => Promise<void>
  readonly exec: (name: string) => Promise<void>
  /** Without grace. */
  readonly stop: (name: string) => Promise<void>
  readonly remove: (names: ReadonlyArray<string>) => Promise<void>
  readonly runDetached: (name: string) => Promise<void>
  /** All of its containers. */
  readonly list: () => Promise<void>
  /** Named on the command line of each process of its own; undefined: it has none that stay. */
  readonly directory: string | undefined
  /** Kills its daemon and starts another; resolves when that one answers (ms); undefined: none. */
  readonly restart: (() => Promise<number>) | undefined
  /** Any other command of its client; undefined: it is no engine but a runtime. */
  readonly command: ((args: ReadonlyArray<string>) => Promise<void>) | undefined
  readonly dispose: () => Promise<void>
}

export type Starter = () => Promise<Engine>
