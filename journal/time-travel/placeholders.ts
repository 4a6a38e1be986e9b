/** Stands numbered placeholders in for what must not leave a host; equal values get equal ones. */

/** Shorter texts occur everywhere: replacing them in messages would only garble these. */
const shortestInText = 4

export class Placeholders {
  readonly #known = new Map<string, string>()
  readonly #counts = new Map<string, number>()
  /** What was replaced, with its placeholder; longest first, once sorted. */
  #texts: Array<readonly [string, string]> = []
  #sorted = true

  /** `kind` names what it is: `env`, `arg`, `label`, `path`. An empty text stays empty. */
  of(kind: string, text: string): string {
    if (text === '') return ''
    const key = `${kind}\0${text}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    const placeholder = `${kind === 'path' ? '/' : ''}redacted-${kind}-${count}`
    this.#known.set(key, placeholder)
    if (text.length >= shortestInText) {
      this.#texts.push([text, placeholder])
      this.#sorted = false
    }
    return placeholder
  }

  /** A message with everything replaced in it that was replaced anywhere before. */
  inText(message: string): string {
    if (!this.#sorted) this.#texts = this.#texts.sort(([a], [b]) => b.length - a.length)
    this.#sorted = true
    let text = message
    for (const [secret, placeholder] of this.#texts)
      if (text.includes(secret)) text = text.replaceAll(secret, placeholder)
    return text
  }
}
