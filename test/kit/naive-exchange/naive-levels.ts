import { BUY, type Side, WHOLE_SIDE } from '@escapement/core'
import type { Quirks } from '../../../actors/fill-simulator/quirks.ts'

export type Level = {
  readonly side: Side
  readonly price: number
  readonly units: number
  /** Lots of it that own orders took since it last changed. */
  taken: number
}

/** Whether `a` is nearer to the other side than `b`: a higher bid, a lower ask. */
export const isBetter = (side: Side, a: number, b: number): boolean => (a - b) * side > 0
/** Whether a quote of `side` at `price` reaches or passes `other` of the other side. */
export const reaches = (side: Side, price: number, other: number): boolean =>
  !isBetter(side, other, price)
export const opposite = (side: Side): Side => (side === BUY ? -1 : 1)

/**
 * The displayed book as a list of levels, searched from the beginning at every question.
 *
 * Two quirks need a memory: levels better than `front`, where the last best was found, and worse
 * than `far`, the worst price quoted since nothing was found, are stored but not looked at.
 */
export class NaiveLevels {
  #all: Level[] = []
  readonly #front = new Map<Side, number>()
  readonly #far = new Map<Side, number>()
  readonly #lotUnits: number
  readonly #quirks: Quirks

  constructor(lotUnits: number, quirks: Quirks) {
    this.#lotUnits = lotUnits
    this.#quirks = quirks
  }

  units(side: Side, price: number): number {
    return this.#find(side, price)?.units ?? 0
  }

  /** Whole lots that a level still has for us. */
  lots(level: Level): number {
    return Math.max(0, Math.floor(this.#left(level) / this.#lotUnits))
  }

  /** Levels that are not used up, best first; less than a lot is there, but cannot be taken. */
  ladder(side: Side): Level[] {
    return this.#visible(side).filter((level) => this.#left(level) > 0)
  }

  /** The best displayed price, whether or not we used it up. */
  displayed(side: Side): number | undefined {
    return this.#visible(side)[0]?.price
  }

  /** The best price at which somebody would trade with us. */
  best(side: Side): number | undefined {
    return this.ladder(side)[0]?.price
  }

  take(level: Level, lots: number): void {
    if (!this.#quirks.takesConsumeNothing) level.taken += lots
  }

  set(side: Side, price: number, units: number): void {
    const old = this.#find(side, price)
    const best = this.displayed(side)
    const taken = old !== undefined && old.units === units ? old.taken : 0
    this.#all = this.#all.filter((level) => level !== old)
    if (this.#isNothing(units)) return price === best ? this.#search(side) : undefined
    this.#all.push({ side, price, units, taken })
    const far = this.#far.get(side)
    if (far === undefined || isBetter(side, far, price)) this.#far.set(side, price)
    if (best !== undefined && !isBetter(side, price, best)) return
    this.#front.set(side, price)
    this.#uncross(side, price)
  }

  /** Removes from the best up to the bound, also what is stored there and not looked at. */
  clear(side: Side, bound: number): void {
    const best = this.displayed(side)
    const whole = bound === WHOLE_SIDE
    if (best === undefined && !whole) return
    const isGone = ({ price }: Level): boolean =>
      whole || !(isBetter(side, price, best!) || isBetter(side, bound, price))
    this.#all = this.#all.filter((level) => level.side !== side || !isGone(level))
    const behind = this.#quirks.clearSkipsOneLevel ? 2 : 1
    if (!whole) this.#front.set(side, bound - behind * side)
    this.#search(side)
  }

  /** A search for the next best that finds none forgets how far levels went. */
  #search(side: Side): void {
    if (this.displayed(side) === undefined) this.#far.delete(side)
  }

  /** The newer side wins: what it reaches cannot stand. */
  #uncross(side: Side, price: number): void {
    const other = opposite(side)
    const best = this.displayed(other)
    if (best === undefined || !reaches(side, price, best)) return
    if (this.#quirks.crossedLevelsStay) this.#front.set(other, price + side)
    else {
      this.#all = this.#all.filter(
        (level) => level.side === side || !reaches(side, price, level.price),
      )
    }
  }

  /** The reference drops what rounds to no lot. */
  #isNothing(units: number): boolean {
    return this.#remembers ? 2 * units < this.#lotUnits : units === 0
  }

  #visible(side: Side): Level[] {
    const [front, far] = [this.#front.get(side), this.#far.get(side)]
    const isSeen = ({ price }: Level): boolean =>
      front !== undefined &&
      far !== undefined &&
      !isBetter(side, price, front) &&
      !isBetter(side, far, price)
    return this.#all
      .filter((level) => level.side === side && (!this.#remembers || isSeen(level)))
      .sort((a, b) => (b.price - a.price) * side)
  }

  get #remembers(): boolean {
    return this.#quirks.crossedLevelsStay || this.#quirks.clearSkipsOneLevel
  }

  #left({ units, taken }: Level): number {
    return units - taken * this.#lotUnits
  }

  #find(side: Side, price: number): Level | undefined {
    return this.#all.find((level) => level.side === side && level.price === price)
  }
}
