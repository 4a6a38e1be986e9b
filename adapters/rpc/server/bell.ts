/** Wakes one waiter; a ring between two waits is not lost. */
export class Bell {
  #rung = false
  #wake: () => void = () => undefined

  readonly ring = (): void => {
    this.#rung = true
    this.#wake()
  }

  /** Resolves at the next ring, or at once if it has rung since the last time. */
  async heard(): Promise<void> {
    if (!this.#rung) await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#rung = false
  }
}
