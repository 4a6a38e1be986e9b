/** Where a worker thread's code is: beside its starter, as a source file or as a bundle. */
import type { WorkerOptions } from 'node:worker_threads'

export interface WorkerEntry {
  readonly url: URL
  readonly options: Pick<WorkerOptions, 'execArgv'>
}

/** On Node 20 `--import` does not reach into a worker, so the loader is registered inside it. */
const throughLoader = (source: URL): URL => {
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  const entry = JSON.stringify(source.href)
  const code = `import { register } from ${loader}; register(); await import(${entry})`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}

/**
 * The entry of `<name>.worker.ts` (run from sources) or `<name>.worker.mjs` (run from a bundle)
 * in the folder of the caller, whose `import.meta.url` is `base`. Use it as
 * `new Worker(entry.url, { ...entry.options, workerData })`.
 *
 * The starter's own `execArgv` is not inherited: flags such as `--test` or `--input-type` would
 * change what the worker does.
 */
export const workerEntry = (name: string, base: string): WorkerEntry => ({
  url: base.endsWith('.ts')
    ? throughLoader(new URL(`./${name}.worker.ts`, base))
    : new URL(`./${name}.worker.mjs`, base),
  options: { execArgv: [] },
})
