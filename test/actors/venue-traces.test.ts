import { type CoreEvent, type Order, orderChart, orderKey } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { cancel, newOrder, replace } from '../kit/core-puppet.ts'
import { ask, bid, trade } from '../kit/market.ts'
import { runTrace, type Trace, tracedVenues } from '../kit/venue/trace-session.ts'

/**
 * What may become of an order after submission, through the whole path: strategy, Core, Venue,
 * records, Runtime, Core. The fill simulator and a live Venue written without it are given the
 * same traces and have to give the same Event Stream; they differ in what a live Venue cannot
 * know, the cause of a fill and its queue.
 */

const at = (time: number, ...rows: ReturnType<typeof bid>[]) =>
  rows.map((row) => ({ ...row, time }))
const open = at(1, bid(99, 10), ask(101, 4), ask(102, 50))
const buy = (price: number, qty: number, parts = {}) => newOrder(1, 1, price, qty, parts)

/** A claim, what happens, and what becomes of order 1: its reports, then its end. */
type Case = readonly [claim: string, trace: Trace, reports: string, end: string]
const CASES: readonly Case[] = [
  [
    'a quote that crosses fills it whole',
    { rows: [...open, ...at(200, ask(99, 5))], said: [[100, buy(99, 5)]] },
    'submitted accepted filled',
    'filled 5@99 cum 5 leaves 0',
  ],
  [
    'trades through it fill it piece by piece',
    {
      rows: [...open, ...at(200, trade(-1, 98, 3)), ...at(300, trade(-1, 98, 9))],
      said: [[100, buy(99, 5)]],
    },
    'submitted accepted filled filled',
    'filled 5@99 cum 5 leaves 0',
  ],
  [
    'it takes what is displayed and the rest of it stays',
    { rows: open, said: [[100, buy(101, 6)]] },
    'submitted accepted filled',
    'partiallyFilled 6@101 cum 4 leaves 2',
  ],
  [
    'what an IOC does not get expires',
    { rows: open, said: [[100, buy(101, 6, { timeInForce: 'IOC' })]] },
    'submitted accepted filled expired:ioc',
    'expired 6@101 cum 4 leaves 2',
  ],
  [
    'a FOK that cannot have all expires without a fill',
    { rows: open, said: [[100, buy(101, 6, { timeInForce: 'FOK' })]] },
    'submitted accepted expired:fok',
    'expired 6@101 cum 0 leaves 6',
  ],
  [
    'a post-only that would take on arrival expires',
    {
      rows: [...open, ...at(105, ask(100, 5))],
      said: [[100, buy(100, 5, { timeInForce: 'postOnly' })]],
    },
    'submitted accepted expired:postOnlyWouldTake',
    'expired 5@100 cum 0 leaves 5',
  ],
  [
    'a market order that finds nobody expires',
    {
      rows: [...open, ...at(90, ask(101, 0), ask(102, 0))],
      said: [[91, buy(0, 5, { orderType: 'market', timeInForce: 'IOC' })]],
    },
    'submitted accepted expired:noLiquidity',
    'expired 5@0 cum 0 leaves 5',
  ],
  [
    'a cancel ends it',
    {
      rows: open,
      said: [
        [100, buy(99, 5)],
        [200, cancel(1)],
      ],
    },
    'submitted accepted dispatched:cancel canceled',
    'canceled 5@99 cum 0 leaves 5',
  ],
  [
    'a cancel that meets the fill on its way is refused, and the fill stands',
    {
      rows: [...open, ...at(205, ask(99, 5))],
      said: [
        [100, buy(99, 5)],
        [200, cancel(1)],
      ],
    },
    'submitted accepted dispatched:cancel filled cancelRejected:unknownOrder',
    'filled 5@99 cum 5 leaves 0',
  ],
  [
    'a replace gives it other terms, in which it fills',
    {
      rows: [...open, ...at(300, ask(98, 50))],
      said: [
        [100, buy(97, 5)],
        [200, replace(1, 98, 8)],
      ],
    },
    'submitted accepted dispatched:replace replaced filled',
    'filled 8@98 cum 8 leaves 0',
  ],
  [
    'a replace may take at once',
    {
      rows: open,
      said: [
        [100, buy(97, 5)],
        [200, replace(1, 101, 4)],
      ],
    },
    'submitted accepted dispatched:replace replaced filled',
    'filled 4@101 cum 4 leaves 0',
  ],
  [
    'a replace to less than is filled already is refused, and price and quantity stay',
    {
      rows: [...open, ...at(205, trade(-1, 98, 6))],
      said: [
        [100, buy(99, 10)],
        [200, replace(1, 98, 5)],
      ],
    },
    'submitted accepted dispatched:replace filled replaceRejected:belowFilled',
    'partiallyFilled 10@99 cum 6 leaves 4',
  ],
  [
    'a replace to just what is filled already cancels the rest',
    {
      rows: [...open, ...at(205, trade(-1, 98, 6))],
      said: [
        [100, buy(99, 10)],
        [200, replace(1, 99, 6)],
      ],
    },
    'submitted accepted dispatched:replace filled canceled',
    'canceled 10@99 cum 6 leaves 4',
  ],
]

describe.each(CASES)('X3 %s', (_claim, trace, reports, end) => {
  test.each(Object.entries(tracedVenues))('%s', (_name, venue) => {
    const { core, events } = runTrace(venue(), trace)
    expect(events.flatMap(told).join(' ')).toBe(reports)
    expect(stateOf(core.state.execution.orders.get(orderKey(0, 1))!)).toBe(end)
    expect(events.filter(({ type }) => type === 'control.anomaly')).toEqual([])
  })

  test('one Event Stream, and one digest of each step, whatever the Venue', () => {
    const [simulated, live] = Object.values(tracedVenues).map((venue) => runTrace(venue(), trace))
    expect(live!.events.map(withoutCause)).toEqual(simulated!.events.map(withoutCause))
    expect(live!.digests).toEqual(simulated!.digests)
  })
})

/** `filled`, `expired:ioc`, `dispatched:cancel`: what an Event says of order 1. */
function told(event: CoreEvent): string[] {
  if (event.type.startsWith('control.') || !('key' in event)) return []
  const name = event.type.slice(event.type.indexOf('.') + 1)
  if ('reason' in event) return [`${name}:${event.reason}`]
  return ['kind' in event ? `${name}:${event.kind}` : name]
}

const stateOf = ({ status, qty, price, cumQty, leavesQty }: Order): string =>
  `${orderChart.states[status]} ${qty}@${price} cum ${cumQty} leaves ${leavesQty}`

/** Rows are the same by their range; a live Venue does not say why it filled. */
function withoutCause(event: CoreEvent): object {
  if (event.type === 'market.updated') return { ...event, view: null }
  if (event.type !== 'order.filled') return event
  const { cause: _, causeRow: __, queueBefore: ___, queueAfter: ____, ...said } = event
  return said
}
