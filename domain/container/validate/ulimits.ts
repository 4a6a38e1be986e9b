/** `--ulimit <type>=<soft>[:<hard>]` and the documents' `Ulimits` (RES-ULIMIT-*). */
import * as E from 'fp-ts/lib/Either.js'
import type { Ulimit } from '../config.ts'
import { refuse, type Checked } from './refusal.ts'

/** RES-ULIMIT-20 … 34. The values go to setrlimit(2) as they are. */
export const ulimitTypes: ReadonlyArray<string> = [
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
]

/** Two's complement of int64, as the kernel would read it: -1 is RLIM_INFINITY (RES-ULIMIT-35). */
export const rlimitValue = (value: number): bigint => BigInt.asUintN(64, BigInt(value))

const isInt64 = (value: number): boolean => Number.isInteger(value) && Math.abs(value) <= 2 ** 63

/** Compared as the kernel does, unsigned: `soft=-1:hard=5` is unlimited above 5. */
export const checkUlimit = ({ Name, Soft, Hard }: Ulimit): Checked<Ulimit> => {
  const field = 'HostConfig.Ulimits'
  if (!ulimitTypes.includes(Name))
    return refuse(field, `Invalid ulimit type "${Name}": want one of ${ulimitTypes.join(', ')}`)
  if (!isInt64(Soft) || !isInt64(Hard))
    return refuse(field, `Invalid ulimit ${Name}=${Soft}:${Hard}: want whole numbers of 64 bits`)
  return rlimitValue(Soft) > rlimitValue(Hard)
    ? refuse(
        field,
        `Ulimit soft limit must be less than or equal to hard limit: ${Name}: ${Soft} > ${Hard}`,
      )
    : E.right({ Name, Hard, Soft })
}

/** The flag's form; a missing hard limit takes the soft one (RES-ULIMIT-02). */
export const parseUlimit = (text: string): Checked<Ulimit> => {
  const match = /^([a-z]+)=(-?\d{1,19})(?::(-?\d{1,19}))?$/.exec(text)
  const [, name, soft, hard] = match ?? []
  if (name === undefined || soft === undefined)
    return refuse('ulimit', `Invalid ulimit "${text}": want <type>=<soft>[:<hard>]`)
  return checkUlimit({ Name: name, Soft: Number(soft), Hard: Number(hard ?? soft) })
}

/** What was given wins over a daemon default of the same type (RES-ULIMIT-06). */
export const mergeUlimits = (
  given: ReadonlyArray<Ulimit>,
  defaults: ReadonlyArray<Ulimit>,
): ReadonlyArray<Ulimit> => {
  const byName = new Map([...defaults, ...given].map((ulimit) => [ulimit.Name, ulimit]))
  return [...byName.values()]
}
