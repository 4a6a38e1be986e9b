/** Types of the host snapshot, for its test. */
export const hostSnapshot: () => string[]
export const leftOver: (arguments_: {
  readonly before: ReadonlyArray<string>
  readonly graceMs: number
  readonly take?: () => ReadonlyArray<string>
}) => Promise<ReadonlyArray<string>>
