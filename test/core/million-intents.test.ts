import {
  Core,
  type CoreEvent,
  type Dispatch,
  defineStrategy,
  instantiate,
  type Obligation,
  parseDecimal,
  placeLimit,
  type StepResult,
} from '@escapement/core'
import { expect, test } from 'vitest'
import { configuration } from '../kit/configuration.ts'
import { recordOf } from '../kit/core-desk.ts'

const WAVE = 1_000
const WAVES = 1_000

/** Asks for a wave of orders whenever it is told to. */
const flood = instantiate(
  defineStrategy<unknown, null>({
    name: 'flood',
    trigger: { events: ['control.signal'] },
    init: () => null,
    decide: (view) => ({
      intents: Array.from({ length: WAVE }, () => placeLimit(view, { side: 1, price: 9, qty: 1 })),
    }),
  }),
)

/** A Core that keeps nothing of its past but counts. */
class Counted {
  readonly core = new Core(
    configuration({
      rateLimits: { orders: parseDecimal('1000') },
      control: { terminalOrdersKept: 10 },
    }),
    [flood],
  )
  time = 0
  left = 0
  wakes = 0
  obligation: Obligation | null = null
  #position = 0

  step(event: CoreEvent): StepResult {
    const result = this.core.step(this.#position++, event)
    this.obligation = result.obligation
    for (const dispatch of result.dispatches) this.#answer(dispatch)
    return result
  }

  wake(): void {
    const { due, reason } = this.obligation!
    this.time = due
    this.wakes++
    this.step({ type: 'control.time', time: due, due, reason })
  }

  /** The Venue takes each order and ends it at once. */
  #answer(dispatch: Dispatch): void {
    const { time } = this
    this.left++
    const { key } = dispatch
    this.step(recordOf(dispatch, time))
    this.step({ type: 'order.accepted', time, exchTime: time, key })
    this.step({ type: 'order.canceled', time, exchTime: time, key })
  }
}

test('a million queued intents leave by Control-Time Events alone, one look a request', () => {
  const run = new Counted()
  let idle = 0
  for (let wave = 0; wave < WAVES; wave++) {
    const { time } = run
    // A strategy is asked when the session starts, and then whenever it is told to.
    if (wave === 0) run.step({ type: 'control.sessionStarted', time, seed: 1 })
    else run.step({ type: 'control.signal', time, name: 'go', version: 1, payload: [] })
    while (run.obligation !== null) {
      const before = run.left
      run.wake()
      if (run.left === before) idle++
    }
    if (run.core.state.execution.work.queue.size > 0) break
  }
  // A wake-up that sends nothing would be a spin.
  expect(idle).toBe(0)
  expect(run.left).toBe(WAVE * WAVES)
  // The first wave finds a full bucket, and so needs no wake-up at all.
  expect(run.wakes).toBe(WAVE * (WAVES - 1))
  expect(run.core.state.execution.inflight.size).toBe(0)
  expect([...run.core.state.execution.orders.all()].length).toBeLessThanOrEqual(10)
  expect(run.time).toBe(WAVE * (WAVES - 1) * 1e6)
}, 240_000)
