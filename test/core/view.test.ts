/** The view of a strategy: reading it changes nothing, and nothing it hands out leads into State. */
import { StateView } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { inverse, linear } from '../kit/configuration.ts'
import { Desk } from '../kit/core-desk.ts'
import { cancel, newOrder } from '../kit/core-puppet.ts'
import { ask, bid, marketEvent, trade } from '../kit/market.ts'

function desk(): Desk {
  const made = new Desk({ instruments: [linear, inverse] }).start()
  made.at(10)
  made.step(marketEvent(10, [bid(999, 5), bid(998, 6), ask(1001, 7), trade(-1, 999, 2)]))
  made.working(newOrder(1, 1, 900, 10))
  made.working(newOrder(2, -1, 1100, 3))
  made.transmit(made.say(newOrder(3, 1, 800, 1)))
  made.say(cancel(3))
  made.fill(1, 4)
  return made
}

/** Everything a strategy can ask for. */
const reads = (made: Desk): Record<string, unknown> => {
  const view = new StateView(made.state, made.core.view.instruments, 0)
  return {
    now: view.now,
    position: view.position,
    instruments: view.instruments,
    touch: view.touch(0),
    noTouch: view.touch(1),
    levels: view.levels(1, 5),
    qtyAt: view.qtyAt(1, 998),
    lastTrade: view.lastTrade(),
    positionOf: view.positionOf(),
    ownPositionOf: view.ownPositionOf(),
    equity: view.equity(),
    noEquity: view.equity(1),
    openOrders: view.openOrders(),
    order: view.order(1),
    isBusy: view.isBusy(3),
    enabled: view.tradingEnabled,
    key: view.newOrderKey(),
  }
}

test('says what State holds', () => {
  const made = desk()
  expect(reads(made)).toMatchObject({
    now: 10,
    touch: { bid: 999, bidQty: 5, ask: 1001, askQty: 7 },
    noTouch: null,
    levels: [
      { price: 999, qty: 5 },
      { price: 998, qty: 6 },
    ],
    qtyAt: 6,
    lastTrade: { price: 999, qty: 2, side: -1, count: 1 },
    positionOf: 4,
    // 4 lots bought at 900, worth 1000 ticks of 0.0001 each.
    equity: 4n * 100n * 10_000n,
    noEquity: null,
    isBusy: true,
    enabled: true,
    key: 4,
  })
  const { view } = made.core
  expect(view.openOrders().map(({ key, status, leavesQty }) => [key, status, leavesQty])).toEqual([
    [1, 'partiallyFilled', 6],
    [2, 'accepted', 3],
    [3, 'submitted', 1],
  ])
  expect(view.order(3)).toMatchObject({ inflight: true, pending: true })
  expect(view.order(1)).toMatchObject({ inflight: false, pending: false })
  expect([view.order(9), view.openOrders(1)]).toEqual([null, []])
})

test('reads change no digest and no byte, however many', () => {
  const made = desk()
  const [digest, bytes] = [made.state.digest(), made.state.serialise()]
  for (let i = 0; i < 100; i++) reads(made)
  expect(made.state.digest()).toBe(digest)
  expect(made.state.serialise()).toEqual(bytes)
  expect({ ...reads(made), key: 0 }).toEqual({ ...reads(made), key: 0 })
})

describe('writing into what it handed out', () => {
  /** Overwrites, deletes and empties what it finds; a throw is as good as no effect. */
  const vandalise = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return
    const target = value as Record<string, unknown>
    for (const key of Object.keys(target)) {
      vandalise(target[key])
      try {
        target[key] = 1e6
      } catch {}
      try {
        delete target[key]
      } catch {}
    }
    try {
      if (Array.isArray(value)) value.length = 0
    } catch {}
  }

  test('throws or has no effect', () => {
    const made = desk()
    const intact = desk()
    for (const value of Object.values(reads(made))) vandalise(value)
    expect({ ...reads(made), key: 0 }).toEqual({ ...reads(intact), key: 0 })
    expect(made.state.serialise()).toEqual(intact.state.serialise())
    made.quote(990, 1010)
    intact.quote(990, 1010)
    expect(made.state.digest()).toBe(intact.state.digest())
  })

  test('its own properties cannot be replaced either', () => {
    const { view } = desk().core
    expect(() => Object.assign(view, { now: 5 })).toThrow(TypeError)
    expect(view.now).toBe(10)
  })
})
