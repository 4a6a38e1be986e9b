/** A seccomp profile as users write it: the manual's form, OCI's and Docker's (SEC-PROFILE-*). */
import * as E from 'fp-ts/lib/Either.js'
import { parseExactJson, type ExactJson } from '../uint64-json.ts'

export type SeccompAction = 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO'

export interface ArgumentTest {
  readonly index: number
  readonly value: number | bigint
  /** For SCMP_CMP_MASKED_EQ: what the masked argument is compared with. */
  readonly valueTwo: number | bigint
  readonly op: string
}

export interface ProfileRule {
  readonly names: ReadonlyArray<string>
  readonly action: SeccompAction
  /** What a denied call answers; undefined: EPERM. */
  readonly errno: number | undefined
  /** All must hold. */
  readonly tests: ReadonlyArray<ArgumentTest>
  /** The rule counts for containers that have all of these, and none of the next. */
  readonly withCapabilities: ReadonlyArray<string>
  readonly withoutCapabilities: ReadonlyArray<string>
  /** Go's names (`amd64`, `arm64`), empty: any. */
  readonly architectures: ReadonlyArray<string>
}

export interface SeccompProfile {
  readonly defaultAction: SeccompAction
  readonly defaultErrno: number | undefined
  /** `SCMP_ARCH_*`; empty: those of the host. */
  readonly architectures: ReadonlyArray<string>
  readonly rules: ReadonlyArray<ProfileRule>
}

type Read<A> = E.Either<string, A>
type Json = { readonly [member: string]: ExactJson | undefined }

const isList = (value: ExactJson | undefined): value is ReadonlyArray<ExactJson> =>
  Array.isArray(value)

const isObject = (value: ExactJson | undefined): value is Json =>
  typeof value === 'object' && value !== null && !isList(value)

const objectsOf = (value: ExactJson | undefined, what: string): Read<ReadonlyArray<Json>> => {
  if (value === undefined || value === null) return E.right([])
  return isList(value) && value.every(isObject)
    ? E.right(value)
    : E.left(`${what} is not a list of objects`)
}

const textsOf = (value: ExactJson | undefined, what: string): Read<ReadonlyArray<string>> => {
  if (value === undefined || value === null) return E.right([])
  const isTexts = (all: ReadonlyArray<ExactJson>): all is ReadonlyArray<string> =>
    all.every((one) => typeof one === 'string')
  return isList(value) && isTexts(value) ? E.right(value) : E.left(`${what} is not a list of texts`)
}

const actionOf = (value: ExactJson | undefined, what: string): Read<SeccompAction> =>
  value === 'SCMP_ACT_ALLOW' || value === 'SCMP_ACT_ERRNO'
    ? E.right(value)
    : E.left(`${what} is ${JSON.stringify(value)}: want SCMP_ACT_ALLOW or SCMP_ACT_ERRNO`)

const highestErrno = 4095

const errnoOf = (value: ExactJson | undefined, what: string): Read<number | undefined> =>
  value === undefined || value === null
    ? E.right(undefined)
    : typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= highestErrno
      ? E.right(value)
      : E.left(`${what} is not a number from 0 to ${highestErrno}`)

const operators: ReadonlyArray<string> = [
  'SCMP_CMP_NE',
  'SCMP_CMP_LT',
  'SCMP_CMP_LE',
  'SCMP_CMP_EQ',
  'SCMP_CMP_GE',
  'SCMP_CMP_GT',
  'SCMP_CMP_MASKED_EQ',
]

const isUint64 = (value: ExactJson): value is number | bigint =>
  (typeof value === 'bigint' && value >= 0n && value < 2n ** 64n) ||
  (typeof value === 'number' && Number.isInteger(value) && value >= 0)

const testOf = (document: Json, what: string): Read<ArgumentTest> => {
  const { index, op } = { index: document['index'], op: document['op'] }
  const value = document['value'] ?? 0
  const valueTwo = document['valueTwo'] ?? document['value_two'] ?? 0
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index > 5)
    return E.left(`index of ${what} is not a number from 0 to 5`)
  if (typeof op !== 'string' || !operators.includes(op))
    return E.left(`op of ${what} is ${JSON.stringify(op)}: want one of ${operators.join(', ')}`)
  return isUint64(value) && isUint64(valueTwo)
    ? E.right({ index, value, valueTwo, op })
    : E.left(`value of ${what} is not a number from 0 to 2^64-1`)
}

const conditionOf = (rule: Json, member: 'includes' | 'excludes', of: 'caps' | 'arches') => {
  const condition = rule[member]
  return isObject(condition) ? textsOf(condition[of], `${member}.${of}`) : E.right([])
}

const namesOf = (rule: Json, what: string): Read<ReadonlyArray<string>> => {
  const { name } = { name: rule['name'] }
  const names = textsOf(rule['names'], `names of ${what}`)
  if (E.isLeft(names)) return names
  const all = typeof name === 'string' && name !== '' ? [name, ...names.right] : names.right
  return all.length > 0 && all.every((one) => /^[a-zA-Z0-9_]{1,64}$/.test(one))
    ? E.right(all)
    : E.left(`${what} names no system call`)
}

const ruleOf = (rule: Json, what: string): Read<ProfileRule> => {
  const names = namesOf(rule, what)
  if (E.isLeft(names)) return names
  const action = actionOf(rule['action'], `action of ${what}`)
  if (E.isLeft(action)) return action
  const errno = errnoOf(rule['errnoRet'], `errnoRet of ${what}`)
  if (E.isLeft(errno)) return errno
  const args = objectsOf(rule['args'], `args of ${what}`)
  if (E.isLeft(args)) return args
  const tests = E.traverseArray((one: Json) => testOf(one, `args of ${what}`))(args.right)
  if (E.isLeft(tests)) return tests
  const withCapabilities = conditionOf(rule, 'includes', 'caps')
  if (E.isLeft(withCapabilities)) return withCapabilities
  const withoutCapabilities = conditionOf(rule, 'excludes', 'caps')
  if (E.isLeft(withoutCapabilities)) return withoutCapabilities
  const architectures = conditionOf(rule, 'includes', 'arches')
  if (E.isLeft(architectures)) return architectures
  return E.right({
    names: names.right,
    action: action.right,
    errno: errno.right,
    tests: tests.right,
    withCapabilities: withCapabilities.right,
    withoutCapabilities: withoutCapabilities.right,
    architectures: architectures.right,
  })
}

/** SEC-PROFILE-02: an entry that does what happens anyway is a mistake. */
const saysSomething = (rule: ProfileRule, defaultAction: SeccompAction): Read<ProfileRule> =>
  rule.action === defaultAction && rule.errno === undefined
    ? E.left(`action of ${rule.names.join(', ')} is the defaultAction ${defaultAction}`)
    : E.right(rule)

const profileOf = (document: Json): Read<SeccompProfile> => {
  const defaultAction = actionOf(document['defaultAction'], 'defaultAction')
  if (E.isLeft(defaultAction)) return defaultAction
  const defaultErrno = errnoOf(document['defaultErrnoRet'], 'defaultErrnoRet')
  if (E.isLeft(defaultErrno)) return defaultErrno
  const architectures = textsOf(document['architectures'], 'architectures')
  if (E.isLeft(architectures)) return architectures
  const entries = objectsOf(document['syscalls'], 'syscalls')
  if (E.isLeft(entries)) return entries
  const rules = E.traverseArray((one: Json) => {
    const rule = ruleOf(one, `an entry of syscalls`)
    return E.isLeft(rule) ? rule : saysSomething(rule.right, defaultAction.right)
  })(entries.right)
  if (E.isLeft(rules)) return rules
  return E.right({
    defaultAction: defaultAction.right,
    defaultErrno: defaultErrno.right,
    architectures: architectures.right,
    rules: rules.right,
  })
}

/** The profile may stand in a `seccomp` object (SEC-SECCOMP-09). Left: what is wrong with it. */
export const parseProfile = (text: string): Read<SeccompProfile> => {
  const parsed = parseExactJson(text)
  if (E.isLeft(parsed)) return E.left('it is not valid JSON')
  if (!isObject(parsed.right)) return E.left('it is not a JSON object')
  const wrapped = parsed.right['seccomp']
  return profileOf(isObject(wrapped) ? wrapped : parsed.right)
}
