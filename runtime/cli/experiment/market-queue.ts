import type { RunJob } from '../../experiment/run-experiment.ts'

/**
 * Jobs by market. A worker goes on with the market it has; then it takes one that nobody has, and
 * helps with the longest when there is none. Within a market jobs keep their order.
 */
export class MarketQueue {
  readonly #jobs = new Map<string, RunJob[]>()
  readonly #taken = new Set<string>()

  constructor(jobs: readonly RunJob[]) {
    for (const job of jobs) {
      const { market } = job.definition
      const before = this.#jobs.get(market)
      if (before === undefined) this.#jobs.set(market, [job])
      else before.push(job)
    }
    for (const list of this.#jobs.values()) list.reverse()
  }

  /** The next job of a worker that has `market`; undefined when all are handed out. */
  next(market: string | null): RunJob | undefined {
    const chosen = market !== null && this.#jobs.has(market) ? market : this.#choose()
    if (chosen === undefined) return undefined
    this.#taken.add(chosen)
    const list = this.#jobs.get(chosen)!
    const job = list.pop()
    if (list.length === 0) this.#jobs.delete(chosen)
    return job
  }

  #choose(): string | undefined {
    const markets = [...this.#jobs.keys()]
    const free = markets.find((market) => !this.#taken.has(market))
    if (free !== undefined) return free
    const left = (market: string) => this.#jobs.get(market)!.length
    return markets.sort((a, b) => left(b) - left(a))[0]
  }
}
