/** Closes a switch over a union: the compiler proves that no case is left. */
export const absurd = (x: never): never => x
