import { NANOS_PER_SECOND, type Random } from '@escapement/core'
import { exponential } from './exponential.ts'
import { highestFair, lowestFair, type SyntheticSettings } from './options.ts'

/** Steps of the walk are counted in these parts of a tick, so that the walk stays in integers. */
const PARTS = 4096

/** Mean dwell in seconds, and how many times the mean rate of rows. About 70, 27 and 3 % of time. */
const REGIMES = {
  normal: { seconds: 7, intensity: 1 },
  quiet: { seconds: 5.4, intensity: 0.25 },
  burst: { seconds: 0.6, intensity: 8 },
} as const

/** The price that orders gather around: a bounded walk with drift, and how busy the market is. */
export class FairPrice {
  readonly #random: Random
  readonly #settings: SyntheticSettings
  readonly #step: number
  #parts: number
  #regime: keyof typeof REGIMES = 'normal'
  #until: number

  /** `messagesPerSecond` turns the volatility of a second into that of a message. */
  constructor(random: Random, settings: SyntheticSettings, messagesPerSecond: number) {
    this.#random = random
    this.#settings = settings
    this.#parts = settings.midTicks * PARTS
    // A uniform step in [-a, a] has the variance a*a/3. No step outruns a quarter of the book.
    const step = settings.volatilityTicks * Math.sqrt(3 / messagesPerSecond)
    this.#step = Math.floor(Math.min(step, settings.depthTicks / 4) * PARTS)
    this.#until = this.#dwell()
  }

  get tick(): number {
    return Math.floor(this.#parts / PARTS)
  }

  get intensity(): number {
    return REGIMES[this.#regime].intensity
  }

  /** Moves on to `time`, `elapsed` ns after the message before. */
  advance(time: number, elapsed: number): void {
    const drift = Math.round((this.#settings.driftTicks * PARTS * elapsed) / NANOS_PER_SECOND)
    const parts = this.#parts + drift + this.#random.integer(-this.#step, this.#step)
    const low = lowestFair(this.#settings) * PARTS
    const high = highestFair(this.#settings) * PARTS
    this.#parts = Math.max(low, Math.min(parts, high))
    while (time >= this.#until) {
      if (this.#regime !== 'normal') this.#regime = 'normal'
      else this.#regime = this.#random.unit() < 0.5 ? 'quiet' : 'burst'
      this.#until += this.#dwell()
    }
  }

  #dwell(): number {
    const mean = REGIMES[this.#regime].seconds * NANOS_PER_SECOND
    return 1 + Math.floor(exponential(this.#random) * mean)
  }
}
