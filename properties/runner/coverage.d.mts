/** Types of what tests use of coverage.mjs. */
export declare const holdsTypesOnly: (text: string) => boolean
export declare const inRanges: (numbers: ReadonlyArray<number>) => string
