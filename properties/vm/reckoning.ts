/** Whether what the engine shows after a power cut is what its clients were told before it. */
import type { Ledger } from '../torture/ledger.ts'
import { restartsItself, restingStates, type Recovered, type ShownContainer } from './messages.ts'

/** Container and what is wrong; the name is empty where no container is meant. */
export interface Finding {
  readonly name: string
  readonly text: string
}

const killedExit = 128 + 9
/** What the engine shows where it cannot know. */
const unknownExit = 255

/** Every acknowledgement is there, and nothing that nobody asked for. */
const existence = (ledger: Ledger, name: string, isThere: boolean): ReadonlyArray<string> => {
  const demand = ledger.existence(name)
  if (demand === 'present' && !isThere) return ['its creation was acknowledged, it is gone']
  if (demand === 'absent' && isThere) return ['its removal was acknowledged, it is there']
  return []
}

/**
 * Another boot: nothing of the one before can run, and nobody saw how it ended. The policy `always`
 * starts what ever ran, also after a stop (spec 96, C.5).
 */
const afterReboot = (ledger: Ledger, found: ShownContainer): ReadonlyArray<string> => {
  const { name, status } = found
  const told = `${status}, exit code ${found.exitCode} ${found.exitKnown ? 'known' : 'unknown'}`
  if (!restingStates.includes(status)) return [`it is still ${status}`]
  const [ran, stopped] = [ledger.mustRun(name), ledger.mustNotRun(name)]
  if (restartsItself(name))
    return (ran || stopped) && status !== 'running'
      ? [`its policy is to run after each start of the daemon, it is ${told}`]
      : []
  if (stopped) {
    const isStopped = status === 'exited' && found.exitKnown && found.exitCode === killedExit
    return isStopped ? [] : [`its stop was acknowledged, it is ${told}`]
  }
  if (status === 'running') return ['it has no restart policy and runs in a later boot']
  if (!ran) return []
  const isHonest = status === 'exited' && !found.exitKnown && found.exitCode === unknownExit
  return isHonest ? [] : [`it ran when the power went, it is ${told}`]
}

export const reckon = (ledger: Ledger, report: Recovered): ReadonlyArray<Finding> => {
  const shown = new Map(report.containers.map((c) => [c.name, c]))
  const known = new Set(ledger.names)
  const wrong = ledger.names.flatMap((name) => {
    const found = shown.get(name)
    const texts = [
      ...existence(ledger, name, found !== undefined),
      ...(found === undefined ? [] : afterReboot(ledger, found)),
    ]
    return texts.map((text) => ({ name, text }))
  })
  const invented = report.containers
    .filter(({ name }) => !known.has(name))
    .map(({ name }) => ({ name, text: 'nobody asked for it' }))
  const audit = report.audit.code === 0 ? [] : [{ name: '', text: `audit: ${report.audit.text}` }]
  const leaked = report.leaks.map((leak) => ({ name: '', text: `leaked: ${leak}` }))
  return [...wrong, ...invented, ...audit, ...leaked]
}

/** A container ran for sure when the power went: the recovery must speak of the reboot. */
export const recoveryTold = (ledger: Ledger, report: Recovered): ReadonlyArray<Finding> =>
  ledger.names.some((name) => ledger.mustRun(name)) && !/rebooted/.test(report.recovery)
    ? [{ name: '', text: `recovery show does not tell of the reboot: ${report.recovery}` }]
    : []
