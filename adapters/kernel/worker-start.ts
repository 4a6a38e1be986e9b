/** Starts a worker thread that lies beside its starter. */
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { workerEntry } from '../threads/worker-entry.ts'

/** `base` is the caller's `import.meta.url`. */
export const startWorker = (
  name: string,
  base: string,
  options: Pick<WorkerOptions, 'workerData'> = {},
): Worker => {
  const entry = workerEntry(name, base)
  return new Worker(entry.url, { ...entry.options, ...options })
}
