/** Waits until every promise that can settle has settled, so that time may advance. */

/**
 * Node runs an immediate only when the microtask queue is empty, however deep the chains in it are;
 * nothing in a simulation waits for anything but promises, so this is the same turn in every run.
 */
export const drained = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
