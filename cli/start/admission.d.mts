/** Types of `admission.mjs` for its test. */
export declare const admission: (platform: string, uid: number | undefined) => string | undefined
