/** Members of the create documents: like upstream's client, none is sent without a value. */

type Value = string | number | boolean | object | undefined

/** `{[name]: value}`, or nothing for undefined, false, 0, '' and an empty list or record. */
export const member = (name: string, value: Value): Record<string, unknown> =>
  !value || (typeof value === 'object' && Object.keys(value).length === 0) ? {} : { [name]: value }
