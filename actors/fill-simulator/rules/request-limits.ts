import type { CommandKind, Nanos } from '@escapement/core'
import { refuse } from '../refuse.ts'
import type { RequestLimit } from './venue-rules.ts'

/**
 * How many requests the venue lets in. A request at x is let in by a limit when fewer than
 * `requests` of its kinds were let in from x - windowNs on, exclusively; what was refused does not
 * count.
 */
export class RequestLimits {
  readonly #limits: readonly Window[]

  /** @throws ESC_CONFIG_INVALID when a limit has no kinds, or a number is no integer of 1 or more */
  constructor(limits: readonly RequestLimit[]) {
    this.#limits = limits.map((limit, i) => new Window(limit, `venue.rules.requestLimits[${i}]`))
  }

  /** Whether all limits let the request in; then it counts in each of them. */
  admits(kind: CommandKind, time: Nanos): boolean {
    for (const limit of this.#limits) if (limit.isFull(kind, time)) return false
    for (const limit of this.#limits) limit.count(kind, time)
    return true
  }
}

/** Layout: a ring of the times of the last `requests` that were let in. */
class Window {
  readonly #kinds: ReadonlySet<CommandKind>
  readonly #windowNs: Nanos
  readonly #times: Float64Array
  #oldest = 0

  constructor({ kinds, requests, windowNs }: RequestLimit, field: string) {
    if (kinds.length === 0) refuse(`${field}.kinds`, '[]', 'at least one kind')
    for (const [name, value] of Object.entries({ requests, windowNs })) {
      if (Number.isSafeInteger(value) && value >= 1) continue
      refuse(`${field}.${name}`, String(value), 'an integer of at least 1')
    }
    if (requests > MOST) refuse(`${field}.requests`, String(requests), `at most ${MOST}`)
    this.#kinds = new Set(kinds)
    this.#windowNs = windowNs
    this.#times = new Float64Array(requests).fill(Number.NEGATIVE_INFINITY)
  }

  isFull(kind: CommandKind, time: Nanos): boolean {
    return this.#kinds.has(kind) && this.#times[this.#oldest]! > time - this.#windowNs
  }

  count(kind: CommandKind, time: Nanos): void {
    if (!this.#kinds.has(kind)) return
    this.#times[this.#oldest] = time
    this.#oldest = (this.#oldest + 1) % this.#times.length
  }
}

/** A limit that holds a million times is none. */
const MOST = 1_000_000
