/** The hostconfig document of an update: only what was given (spec 22 section 6). */
import { sequenceS } from 'fp-ts/lib/Apply.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { parseSize } from '../../../domain/container/validate/size.ts'
import type { FlagValues } from '../grammar/values.ts'
import { nanoCpus, restartPolicy } from './host-config.ts'
import { member } from './member.ts'
import { maybeBuilt, spoken, type Built } from './refused.ts'

const size = (flags: FlagValues, flag: string): Built<number | undefined> =>
  maybeBuilt(flags.text(flag), (text) => spoken(parseSize(`--${flag}`, text)))

/** Members in upstream's order; an empty record: no flag was given. */
export const updateMembers = (flags: FlagValues): Built<Record<string, unknown>> =>
  pipe(
    sequenceS(E.Apply)({
      restart: maybeBuilt(flags.text('restart'), restartPolicy),
      memory: size(flags, 'memory'),
      swap: size(flags, 'memory-swap'),
      reservation: size(flags, 'memory-reservation'),
      cpus: maybeBuilt(flags.text('cpus'), nanoCpus),
    }),
    E.map(({ restart, memory, swap, reservation, cpus }) => ({
      ...member('RestartPolicy', restart),
      ...member('CPUShares', flags.int('cpu-shares')),
      ...member('Memory', memory),
      ...member('NanoCpus', cpus),
      ...member('CPUPeriod', flags.int('cpu-period')),
      ...member('CPUQuota', flags.int('cpu-quota')),
      ...member('CpusetCpus', flags.text('cpuset-cpus')),
      ...member('CpusetMems', flags.text('cpuset-mems')),
      ...member('MemoryReservation', reservation),
      ...member('MemorySwap', swap),
      ...member('PidsLimit', flags.int('pids-limit')),
    })),
  )
