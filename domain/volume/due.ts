/** What is due for a volume. */
import { absurd } from '../absurd.ts'
import { duePlan, idle, type Due, type Plan } from '../plan.ts'
import type { Volume } from './state.ts'

const making = (
  { id }: Volume,
  phase: Extract<Volume['phase'], { _tag: 'Creating' | 'Filling' }>,
): Plan => ({
  key: `${phase.operation}/make`,
  lane: `volume:${id}`,
  steps: [{ _tag: 'CreateVolume', request: { volume: id, fill: phase.fill } }],
  subject: { _tag: 'MakeVolume', volume: id },
  onFailure: 'conclude',
})

export const dueVolume = (volume: Volume): Due => {
  const { id, phase } = volume
  switch (phase._tag) {
    case 'Creating':
    case 'Filling':
      return duePlan(making(volume, phase))
    case 'Ready':
      return idle
    case 'Removing':
      return duePlan({
        key: `${phase.operation}/remove`,
        lane: `volume:${id}`,
        steps: [{ _tag: 'RemoveVolume', volume: id }],
        subject: { _tag: 'RemoveVolume', volume: id },
        onFailure: 'retry',
      })
    default:
      return absurd(phase)
  }
}
