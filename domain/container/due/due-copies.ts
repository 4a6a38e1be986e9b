/** Which copy of a container is due, and what it goes before. */
import { duePlan, type Due } from '../../plan.ts'
import { openCopies, type OpenCopy } from '../copies.ts'
import { containerRef, rootfsSource, type Container } from '../state.ts'

/**
 * A running container's copy shares the lane of the freezer: pause and unpause wait for it. Of one
 * at rest it is the main lane: start, release and removal wait.
 */
const copyPlan = (c: Container, copy: OpenCopy): Due =>
  duePlan({
    key: `${copy.operation}/copy`,
    lane: `container:${c.id}/${copy.mount ? 'main' : 'freezer'}`,
    steps: [
      {
        _tag: 'CopyFiles',
        request: {
          ref: containerRef(c, copy.attempt),
          copy: copy.id,
          direction: copy.direction,
          freeze: copy.freeze,
          mount: copy.mount,
          ...rootfsSource(c),
        },
      },
    ],
    subject: { _tag: 'Copy', id: c.id, copy: copy.id },
    onFailure: 'conclude',
  })

/** What was taken by the incarnation before goes first, what comes after it waits. */
const isDue = (c: Container, copy: OpenCopy): boolean =>
  !copy.mount || c.unreleased === null || c.unreleased > copy.attempt

/** The oldest that may run now; undefined where none may. */
export const dueCopy = (c: Container): Due | undefined => {
  const first = openCopies(c).find((copy) => isDue(c, copy))
  return first === undefined ? undefined : copyPlan(c, first)
}
