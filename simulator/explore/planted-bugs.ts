/** All planted bugs by names that a command line can carry. */
import * as early from '../faults/planted.ts'
import type { PlantedBug } from '../faults/planted.ts'
import { hostBugs } from '../planted/host-bugs.ts'
import { storeBugs } from '../planted/store-bugs.ts'

const kebab = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)

const isBug = (u: unknown): u is PlantedBug =>
  typeof u === 'object' && u !== null && 'name' in u && typeof u.name === 'string'

export const plantedBugs: Readonly<Record<string, PlantedBug>> = Object.fromEntries(
  Object.entries({ ...early, ...hostBugs, ...storeBugs }).flatMap(([name, bug]) =>
    isBug(bug) ? [[kebab(name), bug]] : [],
  ),
)

/** Undefined where no bug is wanted; throws for a name that is none. */
export const bugNamed = (name: string | null | undefined): PlantedBug | undefined => {
  if (name === undefined || name === null) return undefined
  const bug = plantedBugs[name]
  if (bug === undefined) throw new Error(`--planted ${name}: there is no such bug`)
  return bug
}
