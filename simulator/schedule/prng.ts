/** The simulator's only source of chance: xoshiro128**, seeded by splitmix32. */

const rotl = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0

const splitmix = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return (z ^ (z >>> 16)) >>> 0
  }
}

export class Prng {
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(seed: number) {
    const next = splitmix(seed)
    this.#a = next()
    this.#b = next()
    this.#c = next()
    this.#d = next() | 1
  }

  /** 32 random bits. */
  next(): number {
    const result = Math.imul(rotl(Math.imul(this.#b, 5) >>> 0, 7), 9) >>> 0
    const t = (this.#b << 9) >>> 0
    this.#c = (this.#c ^ this.#a) >>> 0
    this.#d = (this.#d ^ this.#b) >>> 0
    this.#b = (this.#b ^ this.#c) >>> 0
    this.#a = (this.#a ^ this.#d) >>> 0
    this.#c = (this.#c ^ t) >>> 0
    this.#d = rotl(this.#d, 11)
    return result
  }

  /** Uniform enough in 0 … n-1; n is small here. */
  below(n: number): number {
    return this.next() % n
  }

  /** True once in `n` draws. */
  oneIn(n: number): boolean {
    return this.below(n) === 0
  }

  pick<A>(choices: readonly [A, ...ReadonlyArray<A>]): A {
    return choices[this.below(choices.length)] ?? choices[0]
  }

  hex(bytes: number): string {
    let text = ''
    while (text.length < bytes * 2) text += this.next().toString(16).padStart(8, '0')
    return text.slice(0, bytes * 2)
  }
}
