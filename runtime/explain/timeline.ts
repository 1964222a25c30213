import type { OrderKey, Position } from '@escapement/core'
import type { Entry } from './explanation.ts'
import type { OrderWords } from './order-words.ts'

/**
 * What was seen of one order so far, in the order in which it happened. Both sides of the story
 * write here: the Core's steps and the Venue.
 */
export class Timeline {
  readonly key: OrderKey
  readonly entries: Entry[] = []
  /** Every order that was asked for, for whoever named one that does not exist. */
  readonly known = new Set<OrderKey>()
  readonly #last: Position
  readonly #wordsOf: (instrument: number) => OrderWords
  #words: OrderWords | null = null
  #isOver = false

  /** Nothing counts any more once a position after `last` was seen. */
  constructor(key: OrderKey, wordsOf: (instrument: number) => OrderWords, last: Position) {
    this.key = key
    this.#last = last
    this.#wordsOf = wordsOf
  }

  /** Words of the order's instrument; null before it was asked for. */
  get words(): OrderWords | null {
    return this.#words
  }

  /** Whether what happens now is about the order and belongs to the story. */
  concerns(key: OrderKey): boolean {
    return key === this.key && !this.#isOver
  }

  /** A position is reached. */
  reach(position: Position): void {
    if (position > this.#last) this.#isOver = true
  }

  /** The words for what is about the order, which has one instrument from its first Intent on. */
  about(instrument: number): OrderWords {
    this.#words ??= this.#wordsOf(instrument)
    return this.#words
  }

  push(entry: Entry): void {
    this.entries.push(entry)
  }
}
