/** Every scenario whose crash points can be explored. */
import type { Template } from '../run/scenario.ts'
import { templates } from '../run/templates.ts'
import { lifeTemplates } from '../templates/lives.ts'
import { pairTemplates } from '../templates/pairs.ts'
import { copyTemplates } from '../templates/copies.ts'
import { volumeTemplates } from '../templates/volumes.ts'

export const scenarios: ReadonlyArray<Template> = [
  ...templates,
  ...lifeTemplates,
  ...pairTemplates,
  ...copyTemplates,
  ...volumeTemplates,
]

/** By its name, or by its number from 1. */
export const scenarioNamed = (word: string): Template | undefined =>
  scenarios.find(({ name }) => name === word) ?? scenarios[Number(word) - 1]
