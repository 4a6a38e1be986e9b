/** What a failure means for the world once conmon was spawned; before, an errno says enough. */
import { indeterminate, type EffectError } from '../../domain/ports/answer.ts'
import { EffectFailure } from '../errors/effect-failure.ts'

/** From that moment on an unknown failure says nothing about what conmon did. */
export const classifyAfterSpawn = (error: unknown): EffectError =>
  error instanceof EffectFailure
    ? error.effect
    : indeterminate(error instanceof Error ? error.message : String(error))
