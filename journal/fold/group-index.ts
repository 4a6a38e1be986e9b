/** A one-to-many index kept in insertion order. */
export class GroupIndex<K, V> {
  readonly #groups = new Map<K, Set<V>>()

  get(key: K): ReadonlyArray<V> {
    const group = this.#groups.get(key)
    return group === undefined ? [] : [...group]
  }

  add(key: K, value: V): void {
    const group = this.#groups.get(key)
    if (group === undefined) this.#groups.set(key, new Set([value]))
    else group.add(value)
  }

  remove(key: K, value: V): void {
    const group = this.#groups.get(key)
    group?.delete(value)
    if (group?.size === 0) this.#groups.delete(key)
  }
}
