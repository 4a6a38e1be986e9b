/** Crashes at every boundary of some templates, with a bug in place: which invariants notice. */
import { crashAt } from '../../simulator/faults/crash.ts'
import type { PlantedBug } from '../../simulator/faults/planted.ts'
import { runScenario, type Template } from '../../simulator/run/scenario.ts'

const take = (broken: Map<string, number>, ids: ReadonlyArray<{ readonly id: string }>): void => {
  for (const { id } of ids) broken.set(id, (broken.get(id) ?? 0) + 1)
}

/** How often each invariant was broken; every `stride`-th boundary is struck. */
export const sweep = async (
  bug: PlantedBug,
  templates: ReadonlyArray<Template>,
  stride = 3,
): Promise<ReadonlyMap<string, number>> => {
  const broken = new Map<string, number>()
  for (const template of templates) {
    const calm = await runScenario(template, { seed: 1, planted: bug })
    take(broken, calm.violations)
    for (let first = 1; first <= calm.boundaries; first += stride) {
      const result = await runScenario(template, { seed: 1, crash: crashAt(first), planted: bug })
      take(broken, result.violations)
    }
  }
  return broken
}
