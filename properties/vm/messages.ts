/** What the guest tells its host over the console channel: one JSON document per line. */
import * as t from 'io-ts'

export const verbs = t.keyof({ create: null, start: null, exec: null, stop: null, rm: null })

/** A container as the engine shows it after the restart. */
export const ShownContainer = t.strict({
  name: t.string,
  id: t.string,
  status: t.string,
  exitCode: t.number,
  exitKnown: t.boolean,
})
export type ShownContainer = t.TypeOf<typeof ShownContainer>

const message = <Tag extends string, P extends t.Props>(tag: Tag, props: P) =>
  t.strict({ _tag: t.literal(tag), ...props }, tag)

/** The engine's answers after a boot, when nothing is in between any more. */
export const Recovered = message('Recovered', {
  containers: t.readonlyArray(ShownContainer),
  audit: t.strict({ code: t.number, text: t.string }),
  recovery: t.string,
  leaks: t.readonlyArray(t.string),
})
export type Recovered = t.TypeOf<typeof Recovered>

export const TestRecord = t.strict({ name: t.string, status: t.string })

export const GuestMessage = t.union([
  message('Booted', { bootId: t.string, uptimeS: t.number }),
  message('Answers', { uptimeS: t.number }),
  Recovered,
  /** Everything of the boots before is removed; what that left behind. */
  message('Cleared', { leaks: t.readonlyArray(t.string) }),
  message('Begin', { attempt: t.number, name: t.string, verb: verbs }),
  message('Acknowledged', { attempt: t.number }),
  message('Refused', { attempt: t.number, text: t.string }),
  message('Story', { name: t.string, text: t.string }),
  message('TestFile', {
    path: t.string,
    exitCode: t.union([t.number, t.null]),
    ms: t.number,
    records: t.readonlyArray(TestRecord),
    output: t.string,
  }),
  message('TestsDone', {}),
  /** The engine gave up because a program was slower than its deadline; it is started again. */
  message('Late', { text: t.string }),
  message('Failed', { text: t.string }),
])
export type GuestMessage = t.TypeOf<typeof GuestMessage>

/** Nothing is under way in these: made, ended, running. */
export const restingStates: ReadonlyArray<string> = ['inited', 'exited', 'running']

/** Containers of this kind start again by themselves; the name says so. */
export const restartsItself = (name: string): boolean => name.startsWith('always-')

/** Kernel parameters that choose the guest's work. */
export const parameter = { work: 'vm.work', seed: 'vm.seed', planted: 'vm.planted' } as const
