/** What the boundary says when it refuses: position, field, value found and value needed, whole. */
import {
  type CodedError,
  Core,
  type CoreEvent,
  type MarketView,
  orderKey,
  RowKind,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { configuration, inverse, linear } from '../kit/configuration.ts'
import { newOrder } from '../kit/core-puppet.ts'
import { ask, bid, marketEvent } from '../kit/market.ts'

const fresh = () => new Core(configuration({ instruments: [linear, inverse] }), [])
const submitted = { ...newOrder(1, 1, 900, 10), type: 'order.submitted', time: 0 } as const
const filled = {
  type: 'order.filled',
  time: 0,
  exchTime: 0,
  key: orderKey(0, 1),
  instrument: 1,
  side: 1,
  execId: 1,
  lastPrice: 0,
  lastQty: 1,
  cumQty: 1,
  leavesQty: 9,
  liquidity: 'maker',
  fee: 0,
  cause: 'trade',
  causeRow: 0,
  queueBefore: 0,
  queueAfter: 0,
} as const
const rows = (change: object = {}) => ({ ...marketEvent(0, [bid(9, 5), ask(10, 5)]), ...change })
/** Rows with one column changed in its last place. */
function odd(column: keyof MarketView, value: number): object {
  const event = marketEvent(0, [bid(9, 5), ask(10, 5)])
  const { view } = event as { readonly view: MarketView }
  const changed = (view[column] as Float64Array).slice()
  changed[changed.length - 1] = value
  return { ...event, view: { ...view, [column]: changed } }
}

describe('the boundary', () => {
  test.each<[unknown, field: string, found: string, needed: string]>([
    [null, 'type', 'null', 'a canonical Event type'],
    ['text', 'type', 'text', 'a canonical Event type'],
    [{ time: 0 }, 'type', '[object Object]', 'a canonical Event type'],
    [{ type: 'order.changed', time: 0 }, 'type', 'order.changed', 'a canonical Event type'],
    [rows({ time: 0.5 }), 'time', '0.5', 'integer ns since the session origin'],
    [filled, 'lastPrice', '0', 'a positive price'],
    [rows({ instrument: 2 }), 'instrument', '2', '0 to 1'],
    [rows({ from: -1 }), 'rows', '[-1, 2)', 'a range within 2 rows'],
    [rows({ from: 0.5 }), 'rows', '[0.5, 2)', 'a range within 2 rows'],
    [rows({ to: 1.5 }), 'rows', '[0, 1.5)', 'a range within 2 rows'],
    [rows({ to: 3 }), 'rows', '[0, 3)', 'a range within 2 rows'],
    [odd('qty', -1), 'qty of row 1', '-1', 'an integer of 0 or more'],
    [odd('qty', 0.5), 'qty of row 1', '0.5', 'an integer of 0 or more'],
    [odd('qty', 2 ** 53), 'qty of row 1', '9007199254740992', 'an integer of 0 or more'],
    [odd('side', 0), 'side of row 1', '0', '1 or -1'],
    [odd('side', 2), 'side of row 1', '2', '1 or -1'],
    [odd('kind', 0), 'kind of row 1', '0', 'a RowKind'],
    [odd('kind', 5), 'kind of row 1', '5', 'a RowKind'],
    [
      { type: 'account.updated', time: 0, exchTime: 0, instrument: 2, position: 0, balance: 0 },
      'instrument',
      '2',
      '0 to 1',
    ],
    [{ type: 'control.feedGap', time: 0, instrument: 2 }, 'instrument', '2', '0 to 1'],
    [{ type: 'control.feedRestored', time: 0, instrument: -1 }, 'instrument', '-1', '0 to 1'],
    [
      { type: 'control.strategyDisabled', time: 0, strategy: 0, reason: '' },
      'strategy',
      '0',
      'the index of a strategy',
    ],
    [{ type: 'control.time', time: 4, due: 5, reason: 'rate' }, 'time', '4', 'at least 5'],
  ])('says of %j what is wrong with it', (event, field, found, needed) => {
    expect(refusal(fresh(), 0, event)).toEqual({ field: `position 0, ${field}`, found, needed })
  })

  test('says which position is next, and that a key is taken', () => {
    const core = fresh()
    expect(refusal(core, 3, submitted)).toEqual({
      field: 'position 3, position',
      found: '3',
      needed: '0',
    })
    core.step(0, submitted)
    expect(refusal(core, 1, submitted)).toEqual({
      field: 'position 1, key',
      found: String(submitted.key),
      needed: 'a key that was never submitted',
    })
  })

  test.each<[string, object]>([
    ['no rows of a view', rows({ from: 1, to: 1 })],
    ['a snapshot', rows({ type: 'market.snapshot' })],
    ['a quantity of 0', odd('qty', 0)],
    ['the largest quantity', odd('qty', Number.MAX_SAFE_INTEGER)],
    ['a trade of nobody', marketEvent(0, [{ kind: RowKind.TRADE, side: 0, price: 9, qty: 1 }])],
    [
      'a clearing of both sides',
      marketEvent(0, [{ kind: RowKind.CLEAR, side: 0, price: 9, qty: 0 }]),
    ],
    ['a fill at 0 of a linear contract', { ...filled, instrument: 0 }],
  ])('lets %s pass', (_, event) => {
    expect(fresh().step(0, event as CoreEvent).position).toBe(0)
  })
})

function refusal(core: Core, position: number, event: unknown): unknown {
  try {
    core.step(position, event as CoreEvent)
  } catch (error) {
    return (error as CodedError).facts
  }
  return null
}
