/** One boot: the engine recovers, is judged, works; then the power goes. */
import type { Attempt, Ledger } from '../torture/ledger.ts'
import type { CutPlan } from './cut-plan.ts'
import { NbdServer } from './disk/nbd-server.ts'
import type { CutLoss, VolatileDisk } from './disk/volatile-disk.ts'
import type { Image } from './image/image.ts'
import { Machine } from './machine.ts'
import { parameter, type GuestMessage, type Recovered } from './messages.ts'
import { reckon, recoveryTold, type Finding } from './reckoning.ts'

export interface BootOptions {
  readonly image: Image
  readonly disk: VolatileDisk
  /** What was acknowledged in all boots before; this boot adds its own. */
  readonly ledger: Ledger
  readonly directory: string
  readonly seed: number
  readonly plan: CutPlan
  readonly random: () => number
  readonly planted?: string
}

export interface Boot {
  readonly bootId: string
  /** False: the power went before the engine had recovered. */
  readonly judged: boolean
  /** Guest time from power-on to the engine's first answer. */
  readonly answersAfterS: number | undefined
  readonly acknowledged: number
  readonly recovered: number
  readonly findings: ReadonlyArray<Finding>
  readonly loss: CutLoss
}

/** A machine that says nothing for so long has failed. */
const silenceMs = 240_000

/** So many writes at once may never come. */
const longestWaitMs = 60_000

class Watch {
  readonly findings: Finding[] = []
  readonly #attempts = new Map<number, Attempt>()
  readonly #o: BootOptions
  readonly #server: NbdServer
  /** Resolves at the planned instant. */
  readonly cut: Promise<void>
  isCut = false
  #resolveCut: () => void = () => undefined
  #machine: Machine | undefined
  bootId = ''
  judged = false
  recovered = 0
  answersAfterS: number | undefined
  acknowledged = 0
  /** Acknowledgements before the clients began. */
  #before: number | undefined
  #timer: NodeJS.Timeout | undefined
  #silence: NodeJS.Timeout | undefined

  constructor(o: BootOptions, server: NbdServer) {
    this.#o = o
    this.#server = server
    this.cut = new Promise((resolve) => {
      this.#resolveCut = resolve
    })
    this.#expectMore()
  }

  attach(machine: Machine): void {
    this.#machine = machine
  }

  hear(message: GuestMessage): void {
    this.#expectMore()
    switch (message._tag) {
      case 'Booted':
        this.bootId = message.bootId
        return this.#recover()
      case 'Answers':
        this.answersAfterS = message.uptimeS
        return
      case 'Recovered':
        return this.#judge(message)
      case 'Begin':
        this.#attempts.set(message.attempt, this.#o.ledger.begin(message.name, message.verb))
        return
      case 'Acknowledged':
        return this.#acknowledge(message.attempt)
      case 'Refused':
        return this.#fail(`operation ${message.attempt} was refused: ${message.text}`)
      case 'Cleared':
        for (const leak of message.leaks) this.#fail(`left after rm -f: ${leak}`)
        return this.#work()
      case 'Late':
        return console.log(`    started again: ${message.text}`)
      case 'Story':
        return this.#fail(message.text, message.name)
      case 'Failed':
        this.#fail(message.text)
        return this.end()
      case 'TestFile':
      case 'TestsDone':
        return this.#fail(`unexpected ${message._tag}`)
    }
  }

  end(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#silence)
    this.#o.disk.onCached = () => undefined
    this.isCut = true
    // In one go: a guest that sees its disk fail would not be one whose power was cut.
    this.#machine?.kill()
    this.#server.disconnect()
    this.#resolveCut()
  }

  #expectMore(): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => {
      this.#fail(`the guest said nothing for ${silenceMs / 1000} s`)
      this.end()
    }, silenceMs)
  }

  #fail(text: string, name = ''): void {
    this.findings.push({ name, text })
  }

  #judge(report: Recovered): void {
    this.judged = true
    this.recovered = report.containers.length
    this.findings.push(...reckon(this.#o.ledger, report), ...recoveryTold(this.#o.ledger, report))
    const names = new Set(report.containers.map(({ name }) => name))
    const wrong = new Set(this.findings.map(({ name }) => name).filter((n) => names.has(n)))
    this.#machine?.tell(JSON.stringify([...wrong]))
  }

  #acknowledge(number: number): void {
    const attempt = this.#attempts.get(number)
    if (attempt === undefined) return this.#fail(`acknowledgement of unknown ${number}`)
    attempt.acknowledged = true
    this.acknowledged += 1
    const { plan } = this.#o
    const count = this.acknowledged - (this.#before ?? Infinity)
    if (plan._tag === 'AfterAcknowledgement' && count >= plan.count) this.end()
  }

  #recover(): void {
    const { plan, disk } = this.#o
    if (plan._tag !== 'DuringRecovery') return
    let writes = 0
    disk.onCached = () => {
      writes += 1
      if (writes >= plan.write) this.end()
    }
    this.#cutAfter(longestWaitMs * 3)
  }

  #work(): void {
    const { plan, disk } = this.#o
    this.#before = this.acknowledged
    if (plan._tag === 'AtRandom') this.#cutAfter(plan.delayMs)
    if (plan._tag !== 'WhileWritesWait') return
    this.#timer = setTimeout(() => {
      disk.onCached = (waiting) => {
        if (waiting >= plan.writes) this.end()
      }
      this.#cutAfter(longestWaitMs)
    }, plan.delayMs)
  }

  #cutAfter(delayMs: number): void {
    this.#timer = setTimeout(() => this.end(), delayMs)
  }
}

/** Boots, waits for the planned instant, cuts the power of machine and disk together. */
export const bootAndCut = async (o: BootOptions): Promise<Boot> => {
  const socket = `${o.directory}/disk.sock`
  const server = await NbdServer.listen(socket, o.disk)
  const watch = new Watch(o, server)
  const machine = await Machine.boot({
    image: o.image,
    stateDisk: { socket },
    directory: o.directory,
    memoryMiB: 1536,
    parameters: {
      [parameter.seed]: String(o.seed),
      ...(o.planted === undefined ? {} : { [parameter.planted]: o.planted }),
    },
    onMessage: (message) => watch.hear(message),
  })
  watch.attach(machine)
  await Promise.race([watch.cut, machine.ended])
  if (!watch.isCut) watch.findings.push({ name: '', text: `it ended:\n${machine.lastWords()}` })
  watch.end()
  await machine.cutPower()
  await server.close()
  return {
    bootId: watch.bootId,
    judged: watch.judged,
    answersAfterS: watch.answersAfterS,
    acknowledged: watch.acknowledged,
    recovered: watch.recovered,
    findings: watch.findings,
    loss: o.disk.cut(o.random),
  }
}
