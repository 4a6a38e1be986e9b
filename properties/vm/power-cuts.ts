/** Many power cuts of one machine with one disk, each judged in the boot after it. */
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { randomFrom } from '../torture/clients.ts'
import { Ledger } from '../torture/ledger.ts'
import { bootAndCut, type Boot } from './boot.ts'
import { planCut, planText, type CutPlan } from './cut-plan.ts'
import { VolatileDisk } from './disk/volatile-disk.ts'
import { makeFileSystem, type Image } from './image/image.ts'

const diskBytes = 1024 ** 3

export interface PowerCutOptions {
  readonly image: Image
  readonly scratch: string
  readonly cuts: number
  readonly seed: number
  /** A fault on purpose: the findings are wanted, and the first ends the run. */
  readonly planted?: string
}

export interface PowerCuts {
  readonly cuts: number
  readonly judged: number
  readonly acknowledged: number
  readonly writesDropped: number
  readonly cutsThatLostWrites: number
  readonly findings: number
}

const lossText = ({ loss }: Boot): string =>
  `${loss.unflushedWrites} writes waited, ${loss.droppedWrites} dropped, ` +
  `${loss.tornWrites} torn (${loss.droppedBytes} bytes)`

const tell = (n: number, plan: CutPlan, boot: Boot): void => {
  const recovered = boot.judged
    ? `recovered ${boot.recovered} containers, answers after ${boot.answersAfterS ?? 0} s`
    : 'not judged'
  const verdict = boot.findings.length === 0 ? 'ok' : `${boot.findings.length} FINDINGS`
  console.log(
    `boot ${n}: ${recovered}: ${verdict}; ${boot.acknowledged} acknowledged, ` +
      `cut ${planText(plan)}; ${lossText(boot)}`,
  )
  for (const { name, text } of boot.findings) console.log(`    ${name}: ${text}`)
}

/** The last cut has a boot after it that only judges and is cut at its end. */
const lastPlan: CutPlan = { _tag: 'AfterAcknowledgement', count: 1 }

export const powerCuts = async (o: PowerCutOptions): Promise<PowerCuts> => {
  const path = join(o.scratch, 'disk.ext4')
  makeFileSystem(path, diskBytes)
  const fd = openSync(path, 'r+')
  const boots: Boot[] = []
  try {
    const disk = new VolatileDisk(fd, diskBytes)
    const [ledger, random] = [new Ledger(), randomFrom(o.seed)]
    for (let n = 0; n <= o.cuts; n += 1) {
      // The first boot makes the journal; it must get as far as its work.
      const drawn = planCut(random)
      const first = n === 0 && drawn._tag === 'DuringRecovery'
      const plan = n === o.cuts || first ? lastPlan : drawn
      const boot = await bootAndCut({
        ...{ image: o.image, disk, ledger, directory: o.scratch, plan, random },
        seed: o.seed * 100 + n,
        ...(o.planted === undefined ? {} : { planted: o.planted }),
      })
      boots.push(boot)
      tell(n, plan, boot)
      if (o.planted !== undefined && boot.findings.length > 0) break
      if (boot.bootId === '') break
    }
    return sumOf(boots)
  } finally {
    closeSync(fd)
  }
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((a, b) => a + b, 0)

const sumOf = (boots: ReadonlyArray<Boot>): PowerCuts => {
  const ids = boots.map(({ bootId }) => bootId)
  const repeated = ids.length - new Set(ids).size
  return {
    cuts: Math.max(boots.length - 1, 0),
    judged: boots.slice(1).filter(({ judged }) => judged).length,
    acknowledged: sum(boots.map(({ acknowledged }) => acknowledged)),
    writesDropped: sum(boots.map(({ loss }) => loss.droppedWrites + loss.tornWrites)),
    cutsThatLostWrites: boots.filter(({ loss }) => loss.droppedBytes > 0).length,
    findings: sum(boots.map(({ findings }) => findings.length)) + repeated,
  }
}
