/** JSON documents of an image archive: parsed with limits, decoded with names for errors. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { malformed } from '../layers/tar/archive-error.ts'

/** No honest document comes near; what writes documents again would run out of stack. */
const maxDepth = 64

/** Every value that is wrong costs the decoder some hundred bytes. */
const maxValues = 100_000

/** Counts brackets and commas outside of strings: a scan needs neither stack nor memory. */
const excessOf = (text: string): string | undefined => {
  let [depth, values, inString] = [0, 1, false]
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (inString) {
      if (char === 0x5c) at += 1
      else if (char === 0x22) inString = false
    } else if (char === 0x22) inString = true
    else if (char === 0x2c) values += 1
    else if (char === 0x5b || char === 0x7b) depth += 1
    else if (char === 0x5d || char === 0x7d) depth -= 1
    if (depth > maxDepth) return `nested deeper than ${maxDepth} levels`
    if (values > maxValues) return `more than ${maxValues} values`
  }
  return undefined
}

const parseJson = (text: string, what: string): unknown => {
  const excess = excessOf(text)
  if (excess !== undefined) throw malformed(`${what}: ${excess}`)
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed(`${what}: ${error.message}`)
    throw error
  }
}

/** io-ts numbers the members of unions and intersections: they are no part of the document. */
const isNumbered = (type: t.Decoder<unknown, unknown> | undefined): boolean =>
  type instanceof t.IntersectionType || type instanceof t.UnionType

const fieldOf = ({ context }: t.ValidationError): string =>
  context
    .filter(({ key }, i) => key !== '' && !isNumbered(context[i - 1]?.type))
    .map(({ key }) => key)
    .join('.')

const wrongField = (error: t.ValidationError | undefined): string => {
  const field = error === undefined ? '' : fieldOf(error)
  return field === '' ? 'it is no such document' : `${field.slice(0, 200)} is wrong`
}

/** `what` names the document in the error. */
export const decodeDocument = <A>(codec: t.Type<A>, text: string, what: string): A => {
  const decoded = codec.decode(parseJson(text, what))
  if (E.isRight(decoded)) return decoded.right
  throw malformed(`${what}: ${wrongField(decoded.left[0])}`)
}

/** The text of a document; bytes that are no UTF-8 would not come back as they were. */
export const documentText = (bytes: Buffer, what: string): string => {
  const text = bytes.toString('utf8')
  if (!Buffer.from(text).equals(bytes)) throw malformed(`${what}: not UTF-8`)
  return text
}
