/** The types of `machine-programs.mjs`, which runs before anything is compiled. */
export function missingMachinePrograms(): ReadonlyArray<string>
