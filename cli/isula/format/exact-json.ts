/** JSON whose whole numbers may exceed 2^53, such as limits without a limit. */

const marker = '\u0000exact:'

const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** More digits than a JavaScript number keeps for certain. */
const long = /^-?\d{16,}$/

/** As JSON.parse, with long numbers as marked texts. Throws a SyntaxError. */
export const parseExact = (text: string): unknown =>
  JSON.parse(
    text.replace(tokens, (token) => (long.test(token) ? JSON.stringify(marker + token) : token)),
  )

export const printExact = (value: unknown, indent?: number): string =>
  (JSON.stringify(value, null, indent) ?? 'null').replace(/"\\u0000exact:(-?\d+)"/g, '$1')

/** The digits of a long number, or the text itself. */
export const plainText = (text: string): string => text.replace(marker, '')
