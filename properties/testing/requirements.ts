/** What a test may need of its machine, and how to tell that it is missing. */
import { accessSync, constants } from 'node:fs'

/** `root`, or the name of a program on PATH (or in the sbin folders). */
export type Requirement = 'root' | 'linux' | `program:${string}`

const folders = (): ReadonlyArray<string> => [
  ...(process.env['PATH'] ?? '').split(':'),
  '/usr/sbin',
  '/sbin',
]

export const programPath = (program: string): string | undefined =>
  folders()
    .map((folder) => `${folder}/${program}`)
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch (error) {
        if (error instanceof Error) return false
        throw error
      }
    })

/** The reason why a test cannot run here, or undefined. */
export const missingRequirement = (requirement: Requirement): string | undefined => {
  if (requirement === 'root') return process.getuid?.() === 0 ? undefined : 'needs root'
  if (requirement === 'linux') return process.platform === 'linux' ? undefined : 'needs Linux'
  const program = requirement.slice('program:'.length)
  return programPath(program) === undefined ? `needs the program ${program}` : undefined
}
