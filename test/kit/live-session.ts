import {
  BUY,
  type CoreEvent,
  type Dispatch,
  type OrderKey,
  Random,
  type StepResult,
} from '@escapement/core'
import { vi } from 'vitest'
import { type Actor, actor, Priority } from '../../actors/actor.ts'
import type { BacktestDefinition } from '../../runtime/backtest.ts'
import type { VenuePorts } from '../../runtime/environment.ts'
import { runInRealTime } from '../../runtime/real-time.ts'
import { recordOf } from './core-desk.ts'
import { ask, bid, viewOf } from './market.ts'
import { MemoryJournal, openSession, type StandardSystem } from './session-run.ts'

/** A Venue outside of the process: what it is sent goes over a line of its own time. */
const remoteVenue = (send: (dispatch: Dispatch) => void): Actor<VenuePorts> =>
  actor<VenuePorts>()(
    'remote-venue',
    {
      in: { market: Priority.venueMarket, request: Priority.venueRequest },
      out: ['records'],
      optional: ['market', 'records'],
    },
    () => ({ market: () => undefined, request: send }),
  )

/**
 * A session on the real-time driver: a clock that runs in jumps, market data and a Venue behind
 * lines with random delays, wake-ups that come late. Gives what was recorded and what was decided.
 */
export async function liveSession(definition: BacktestDefinition, seed: number) {
  vi.useFakeTimers()
  try {
    const journal = new MemoryJournal()
    const results: StepResult[] = []
    const random = new Random(seed)
    const world = new World(random)
    const { core, system } = openSession(definition, {
      journal,
      venue: remoteVenue((dispatch) => world.send(dispatch)),
      // Market data come from outside, so there is no feed that could end.
      actors: ({ feed }) => ({ feed: { ...feed, create: () => ({ finished: () => undefined }) } }),
      prepare: (_, running) => {
        const { commit } = running
        running.commit = (baton) => {
          const result = commit.call(running, baton)
          results.push(result)
          return result
        }
      },
    })
    let clockMs = 0
    const running = runInRealTime(system.mailbox, { clockMs: () => clockMs })
    world.open(system)
    for (let turn = 0; turn < 300; turn++) {
      // The clock goes on before the timers know of it: whatever falls due is late.
      const jumpMs = random.integer(0, 12) + random.unit()
      clockMs += jumpMs
      vi.advanceTimersByTime(Math.ceil(jumpMs))
    }
    running.stop()
    await running.done
    return { core, steps: journal.steps, results }
  } finally {
    vi.useRealTimers()
  }
}

type Resting = { readonly dispatch: Dispatch; open: boolean; cum: number }

/** Market and Venue: everything arrives some milliseconds after it happened, in its own order. */
class World {
  readonly #random: Random
  readonly #orders = new Map<OrderKey, Resting>()
  #system: StandardSystem | null = null
  /** When the line to the Venue is free again, in timer time. */
  #lineFreeMs = 0
  #executions = 0

  constructor(random: Random) {
    this.#random = random
  }

  open(system: StandardSystem): void {
    this.#system = system
    this.#tick()
  }

  /** One request after the other leaves, and is recorded when it has left. */
  send(dispatch: Dispatch): void {
    const now = Date.now()
    this.#lineFreeMs = Math.max(this.#lineFreeMs, now) + this.#random.integer(0, 9)
    setTimeout(() => this.#left(dispatch), this.#lineFreeMs - now)
  }

  #left(dispatch: Dispatch): void {
    const { kind, key } = dispatch
    if (this.#random.unit() < 0.1) {
      return this.#tell((time) => ({ type: 'dispatch.failed', time, key, kind, reason: 'line' }))
    }
    this.#tell((time) => recordOf(dispatch, time))
    if (kind === 'new') this.#orders.set(key, { dispatch, open: true, cum: 0 })
    setTimeout(() => this.#answer(dispatch), this.#random.integer(0, 30))
  }

  #answer({ kind, key, price, qty }: Dispatch): void {
    const order = this.#orders.get(key)
    const report = (time: number) => ({ time, exchTime: time, key })
    if (kind === 'new') {
      this.#tell((time) => ({ type: 'order.accepted', ...report(time) }))
      if (this.#random.unit() < 0.4) setTimeout(() => this.#fill(key), this.#random.integer(1, 40))
    } else if (order?.open !== true) {
      const type = kind === 'cancel' ? 'order.cancelRejected' : 'order.replaceRejected'
      this.#tell((time) => ({ type, ...report(time), reason: 'ended' }))
    } else if (kind === 'cancel') {
      order.open = false
      this.#tell((time) => ({ type: 'order.canceled', ...report(time) }))
    } else {
      const leavesQty = qty - order.cum
      this.#tell((time) => ({ type: 'order.replaced', ...report(time), price, qty, leavesQty }))
    }
  }

  #fill(key: OrderKey): void {
    const order = this.#orders.get(key)!
    if (!order.open) return
    order.open = false
    const { side, instrument, price, qty } = order.dispatch
    order.cum = qty
    this.#tell((time) => ({
      type: 'order.filled',
      time,
      exchTime: time,
      key,
      instrument,
      side,
      execId: ++this.#executions,
      lastPrice: price,
      lastQty: qty,
      cumQty: qty,
      leavesQty: 0,
      liquidity: side === BUY ? 'maker' : 'taker',
      fee: 1,
      cause: 'unknown',
      causeRow: -1,
      queueBefore: 0,
      queueAfter: 0,
    }))
  }

  #tick(): void {
    const best = 600_000 + this.#random.integer(-3, 3)
    this.#tell((time) => {
      const view = viewOf([bid(best, 100), ask(best + 1, 100)], time)
      const rows = { instrument: 0, view, from: 0, to: 2 }
      return { type: 'market.snapshot', time, ...rows }
    })
    setTimeout(() => this.#tick(), this.#random.integer(1, 35))
  }

  /** An Event of the outside is stamped with the Runtime's time of its arrival. */
  #tell(make: (time: number) => CoreEvent): void {
    const system = this.#system!
    system.post('core', 'event', make(system.mailbox.present))
  }
}
