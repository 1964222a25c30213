/**
 * One side of the generator's book, in lots. A level's key is its tick on the ask side and minus its
 * tick on the bid side, so that on both sides a smaller key is a better price.
 *
 * Levels live in a ring indexed by key: they never reach over more than `depth` keys from the best,
 * and what one message touches over no more than three times that, so no two share a place.
 */
export class BookSide {
  best: number
  worst: number
  levels = 0
  readonly #depth: number
  readonly #mask: number
  readonly #lots: Float64Array
  readonly #touched: Uint8Array
  readonly #changes: { key: number; before: number }[] = []
  /** Best key when the message began. */
  #start: number

  constructor(depth: number, best: number) {
    let size = 1
    while (size < depth * 4) size *= 2
    this.#depth = depth
    this.#mask = size - 1
    this.#lots = new Float64Array(size)
    this.#touched = new Uint8Array(size)
    this.best = best
    this.worst = best
    this.#start = best
  }

  get(key: number): number {
    return this.#lots[key & this.#mask]!
  }

  /** The key nearest to `key` at which a level may stand now. */
  clamp(key: number): number {
    const deepest = Math.min(this.best + this.#depth - 1, this.#start + this.#depth * 2)
    return Math.max(this.#start - this.#depth, Math.min(key, deepest))
  }

  /** The next key from `key` towards the worst at which a level stands; the best when none does. */
  levelFrom(key: number): number {
    let at = key
    while (at <= this.worst && this.get(at) === 0) at++
    return at <= this.worst ? at : this.best
  }

  /** Sets a level's total; levels that a better best leaves too deep are removed. */
  set(key: number, lots: number): void {
    const at = key & this.#mask
    const before = this.#lots[at]!
    if (this.#touched[at] === 0) {
      this.#touched[at] = 1
      this.#changes.push({ key, before })
    }
    this.#lots[at] = lots
    if (before === 0 && lots > 0) this.#add(key)
    else if (before > 0 && lots === 0) this.#remove(key)
  }

  /** Calls back for each level that the message changed: removed ones, or the others. */
  changes(removed: boolean, visit: (key: number, lots: number) => void): void {
    for (const { key, before } of this.#changes) {
      const lots = this.get(key)
      if (lots !== before && (lots === 0) === removed) visit(key, lots)
    }
  }

  /** Ends the message. */
  settle(): void {
    for (const { key } of this.#changes) this.#touched[key & this.#mask] = 0
    this.#changes.length = 0
    this.#start = this.best
  }

  #add(key: number): void {
    if (this.levels++ === 0) {
      this.best = key
      this.worst = key
      return
    }
    if (key > this.worst) this.worst = key
    if (key >= this.best) return
    this.best = key
    while (this.worst - this.best >= this.#depth) this.set(this.worst, 0)
  }

  #remove(key: number): void {
    if (--this.levels === 0) return
    if (key === this.best) while (this.get(this.best) === 0) this.best++
    if (key === this.worst) while (this.get(this.worst) === 0) this.worst--
  }
}
