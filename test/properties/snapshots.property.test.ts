/** Snapshots: fixed content, one way in, causal by position; and views that can be made again. */
import {
  BUY,
  Core,
  type CoreEvent,
  type MarketSnapshot,
  SELL,
  State,
  type StateView,
} from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { coreActor } from '../../actors/core.actor.ts'
import { decodeDataset, encodeDataset } from '../../adapters/dataset/codec.ts'
import { dataHash } from '../../adapters/market-data/data-hash.ts'
import { EventLog } from '../../runtime/event-log/event-log.ts'
import { arbitraryRows } from '../adapters/kit.ts'
import { configuration } from '../kit/configuration.ts'
import { plans, play, strategies } from '../kit/core-session.ts'
import { ask, bid, type Row, viewOf } from '../kit/market.ts'
import { sessions } from '../kit/session-plans.ts'
import { openSession, recorded } from '../kit/session-run.ts'

const runs = { numRuns: 100 }

describe('S1', () => {
  propertyTest.prop([arbitraryRows, fc.nat(), fc.nat({ max: 7 })], runs)(
    'the seal and the dataHash of a dataset refuse any other content (a run does not pin one yet)',
    (rows, where, bit) => {
      const bytes = encodeDataset(rows)
      const same = decodeDataset(bytes.slice())
      expect(same.dataHash).toBe(dataHash(rows))
      const changed = bytes.slice()
      changed[where % bytes.length]! ^= 1 << bit
      let other: string | null = null
      try {
        other = decodeDataset(changed).dataHash
      } catch (refusal) {
        expect(String(refusal)).toMatch(/ESC_(DATASET|DATA)_/)
      }
      // A flipped bit between the columns is padding: what it holds is no row.
      if (other !== null) expect(other).toBe(same.dataHash)
    },
  )

  propertyTest.prop([arbitraryRows, fc.nat()], runs)(
    'one lot more in one row is another dataHash, and refused under the old one',
    (rows, pick) => {
      const row = pick % rows.length
      const qty = rows.qty.slice()
      qty[row]! += 1
      expect(dataHash({ ...rows, qty })).not.toBe(dataHash(rows))
      const forged = decodeDataset(encodeDataset(rows))
      const at = forged.rows.qty
      const bytes = new Uint8Array(at.buffer)
      at[row]! += 1
      expect(() => decodeDataset(bytes)).toThrow(/ESC_DATASET_HASH/)
    },
  )
})

describe('S2', () => {
  test('the Core has one way in, and the actor around it four ports of Events and batons', () => {
    const methods = Object.getOwnPropertyNames(Core.prototype).sort()
    expect(methods).toEqual([
      'begin',
      'commit',
      'constructor',
      'pass',
      'quietUntil',
      'step',
      'validate',
      'view',
    ])
    const core = new Core(configuration(), [strategies()[0]!])
    const { spec } = coreActor(core, new EventLog())
    expect(Object.keys(spec.in).sort()).toEqual(['control', 'event', 'market', 'step'])
  })

  test('what a strategy holds has no member that writes', () => {
    const core = new Core(configuration(), [strategies()[0]!])
    const members = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(core.view) as object)
    for (const [name, { set }] of Object.entries(members)) {
      expect(set, name).toBeUndefined()
      expect(name).not.toMatch(/^(set|apply|load|put|restore|snapshot|update)/i)
    }
  })

  test.each([
    { type: 'order.state', key: 1, status: 'filled', cumQty: 5 },
    { type: 'fill.derived', key: 1, lastQty: 5 },
    { type: 'account.snapshot', instrument: 0, position: 5, balance: 0 },
    { type: 'market.book', instrument: 0, bids: [[100, 1]], asks: [[101, 1]] },
  ])('a snapshot in another form, %o, is refused and changes no byte', (snapshot) => {
    const core = new Core(configuration(), [strategies()[0]!])
    const before = core.state.serialise()
    const event = { ...snapshot, time: 0 } as unknown as CoreEvent
    expect(() => core.step(0, event)).toThrow(/ESC_EVENT_REFUSED/)
    expect(core.state.serialise()).toEqual(before)
  })
})

const price = fc.integer({ min: 900, max: 1100 })
const levels = fc
  .record({
    bids: fc.uniqueArray(price, { maxLength: 6 }),
    asks: fc.uniqueArray(price, { maxLength: 6 }),
  })
  .map(({ bids, asks }): Row[] => [
    ...bids.filter((p) => p < 1000).map((p) => bid(p, 1 + (p % 7))),
    ...asks.filter((p) => p >= 1000).map((p) => ask(p, 1 + (p % 5))),
  ])

describe('S3', () => {
  propertyTest.prop([plans(), levels, fc.nat(), fc.nat()], runs)(
    'a snapshot replaces the book where it stands, however old its times are',
    (plan, rows, age, exchTime) => {
      const desk = play(plan)
      const { state } = desk
      const clock = state.control.clock
      const other = state.market[1]!.book.digestLow
      const time = Math.max(0, clock - age)
      const view = viewOf(
        rows.map((row) => ({ ...row, exchTime })),
        time,
      )
      const event: MarketSnapshot = {
        type: 'market.snapshot',
        time,
        instrument: 0,
        view,
        from: 0,
        to: rows.length,
      }
      desk.step(event)
      expect(state.control.clock).toBe(clock)
      const held = (side: 1 | -1) =>
        desk.core.view
          .levels(side, 100)
          .map(({ price: at, qty }) => [at, qty])
          .sort()
      const given = (side: 1 | -1) =>
        rows
          .filter((row) => row.side === side)
          .map(({ price: at, qty }) => [at, qty])
          .sort()
      expect(held(BUY)).toEqual(given(BUY))
      expect(held(SELL)).toEqual(given(SELL))
      expect(state.market[1]!.book.digestLow).toBe(other)
    },
  )
})

/** All that a view says. */
const seen = (view: StateView) => ({
  now: view.now,
  touch: view.touch(),
  levels: [BUY, SELL].map((side) => view.levels(side as 1 | -1, 50)),
  trade: view.lastTrade(),
  position: view.positionOf(),
  equity: view.equity(),
  orders: view.openOrders(),
  trading: view.tradingEnabled,
})

describe('S4', () => {
  propertyTest.prop([sessions(), fc.nat()], { numRuns: 25 })(
    'the view at any decision can be made again from the stream before it, and from State',
    (definition, pick) => {
      const views = new Map<number, ReturnType<typeof seen>>()
      const { steps } = recorded(definition, {
        prepare: (system, core) => {
          system.tap('core', 'summary').subscribe(({ result }) => {
            if (result.decided) views.set(result.position, seen(core.view))
          })
        },
      })
      const at = [...views.keys()][pick % views.size]!
      const { configuration: rules, strategies: instances } = definition
      const again = new Core(rules, instances)
      for (const { position, event } of steps.slice(0, at + 1)) again.step(position, event)
      expect(seen(again.view)).toEqual(views.get(at))
      const state = State.restore(rules, again.state.serialise())
      expect(seen(new Core(rules, instances, state).view)).toEqual(views.get(at))
    },
  )

  test('a view is read from State each time: it holds no copy that could grow old', () => {
    const definition = fc.sample(sessions(), { numRuns: 1, seed: 4 })[0]!
    const { system, core } = openSession(definition)
    const { view } = core
    const early = seen(view)
    system.run()
    expect(seen(view)).not.toEqual(early)
    expect(seen(view)).toEqual(seen(core.view))
  })
})
