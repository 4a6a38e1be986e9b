/** How the engine names a container that was not named: by its id (CLI-REF-03). */
import type { ContainerId } from '../identity.ts'

export const nameOrId = (name: string, id: ContainerId): string =>
  name === '' ? id : name.replace(/^\//, '')
