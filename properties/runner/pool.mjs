/** Runs tasks in their order, so many at a time. */

/** Calls each of `tasks` (functions that answer promises); rejects with the first rejection. */
export const runPool = async (tasks, jobs) => {
  const waiting = [...tasks]
  const worker = async () => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await task()
  }
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, worker))
}
