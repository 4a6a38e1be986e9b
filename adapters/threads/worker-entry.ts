/** Starts worker threads whose code lies beside their starter, as a source file or a bundle. */
import { Worker, type WorkerOptions } from 'node:worker_threads'

/** On Node 20 `--import` does not reach into a worker, so the loader is registered inside it. */
const throughLoader = (source: URL): URL => {
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  const entry = JSON.stringify(source.href)
  const code = `import { register } from ${loader}; register(); await import(${entry})`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}

/**
 * The code of `<name>.worker.ts` (run from sources) or `<name>.worker.mjs` (run from a bundle) in
 * the folder of the caller, whose `import.meta.url` is `base`.
 */
export const workerEntry = (name: string, base: string): URL =>
  base.endsWith('.ts')
    ? throughLoader(new URL(`./${name}.worker.ts`, base))
    : new URL(`./${name}.worker.mjs`, base)

/**
 * The starter's own `execArgv` is not inherited: flags such as `--test` or `--input-type` would
 * change what the worker does.
 */
export const startWorker = (
  name: string,
  base: string,
  options: Pick<WorkerOptions, 'workerData'> = {},
): Worker => new Worker(workerEntry(name, base), { execArgv: [], ...options })
