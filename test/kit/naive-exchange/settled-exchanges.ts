import { noQuirks, type Quirks } from '../../../actors/fill-simulator/quirks.ts'
import {
  ask,
  bid,
  buy,
  buyTrade,
  clearAsks,
  clearBids,
  type Row,
  replace,
  sell,
  sellTrade,
} from '../../actors/fill-simulator/probe.ts'
import type { Asked } from './drawn-requests.ts'
import { type ExchangeSession, LISTED } from './exchange-session.ts'
import type { NaiveRules } from './naive-desk.ts'

/** A small session in which the two venues once differed, and the rule that settled it. */
export type SettledExchange = {
  readonly rule: string
  readonly session: ExchangeSession
  /** The last report. */
  readonly ends: object
}

const asked = (...requests: readonly Asked['terms'][]): Asked[] =>
  requests.map((terms, index) => ({
    time: 100 + 10 * index,
    terms: { kind: 'new', instrument: 0, orderType: 'limit', timeInForce: 'GTC', ...terms },
  }))

/** No latency, risk-averse queue, partial fills, whole lots, no quirk, unless told otherwise. */
function day(
  rows: readonly Row[],
  requests: readonly Asked[],
  parts: { readonly rules?: Partial<NaiveRules>; readonly quirk?: keyof Quirks } = {},
): ExchangeSession {
  const rules = { ...LISTED.linear, queue: { model: 'riskAverse' }, partialFills: true } as const
  const quirks = parts.quirk === undefined ? noQuirks : { ...noQuirks, [parts.quirk]: true }
  const instruments = [{ ...rules, ...parts.rules }]
  return { instruments, quirks, entries: [0], responses: [0], feeds: [rows], asked: requests }
}

const market = { orderType: 'market' } as const
const trade = { type: 'order.filled', cause: 'trade' } as const

export const SETTLED_EXCHANGES: readonly SettledExchange[] = [
  {
    rule: 'a quote behind levels that we used up meets the orders that rest there',
    session: day([ask(1, 201, 1), ask(200, 202, 1)], asked(buy(1, 3, 202))),
    ends: { cause: 'cross', lastQty: 2, causeRow: 1001 },
  },
  {
    rule: 'a whole fill uses up a level of less than a lot',
    session: day(
      [ask(1, 201, 1)],
      asked({ ...buy(1, 1, 0), ...market }, { ...buy(2, 1, 0), ...market }),
      {
        rules: { ...LISTED.fine, partialFills: false },
      },
    ),
    ends: { type: 'order.expired', key: 2, reason: 'noLiquidity' },
  },
  {
    rule: 'a level of less than a lot is crossed',
    session: day([bid(1, 201, 1)], asked(sell(1, 1, 201, { timeInForce: 'postOnly' })), {
      rules: LISTED.fine,
    }),
    ends: { type: 'order.expired', reason: 'postOnlyWouldTake' },
  },
  {
    rule: 'what was traded through has nothing ahead',
    session: day([bid(1, 201, 4), sellTrade(200, 200, 1)], asked(buy(1, 2, 201))),
    ends: { ...trade, leavesQty: 1, queueBefore: 4, queueAfter: 0 },
  },
  {
    rule: 'nine tenths of a lot at the price are one lot',
    session: day([buyTrade(200, 201, 9)], asked(sell(1, 1, 201)), { rules: LISTED.fine }),
    ends: { ...trade, lastQty: 1 },
  },
  {
    rule: 'nine tenths of a lot through the price are one lot too',
    session: day([buyTrade(200, 202, 9)], asked(sell(1, 1, 201)), { rules: LISTED.fine }),
    ends: { ...trade, lastQty: 1 },
  },
  {
    // 3 ahead and 7 behind, of which all went: the formula gives a front of -3.57.
    rule: 'a front that cancels put below 0 gives no more than was traded',
    session: day(
      [bid(1, 200, 3), bid(150, 200, 10), bid(160, 200, 0), sellTrade(200, 200, 1)],
      asked(buy(1, 9, 200)),
      { rules: { queue: { model: 'power2', n: 3 } } },
    ),
    ends: { ...trade, lastQty: 1, leavesQty: 8 },
  },
  {
    rule: 'a CLEAR puts orders of its range at the back where no level stood too',
    session: day(
      [ask(1, 205, 1), clearBids(200, 195), bid(201, 195, 3), sellTrade(202, 195, 3)],
      asked(buy(1, 1, 195)),
    ),
    ends: { type: 'order.accepted' },
  },
  {
    rule: 'a market order with FOK takes all or nothing',
    session: day([ask(1, 201, 1)], asked({ ...buy(1, 2, 0), ...market, timeInForce: 'FOK' })),
    ends: { type: 'order.expired', reason: 'fok' },
  },
  {
    rule: 'a replace names a price, whatever its order type says',
    session: day([], asked(buy(1, 1, 200), { ...replace(1, 1, 2 ** 31), ...market })),
    ends: { type: 'order.replaceRejected', reason: 'badPrice' },
  },
  {
    rule: 'a post-only market order is refused as that, whatever its quantity',
    session: day([], asked({ ...buy(1, 0, 0), ...market, timeInForce: 'postOnly' })),
    ends: { type: 'order.rejected', reason: 'marketPostOnly' },
  },
  {
    rule: 'quirk 11: what executes at no price costs nothing',
    session: day([bid(1, 200, 1)], asked({ ...buy(1, 1, 0), ...market }), {
      rules: { partialFills: false },
      quirk: 'marketFillsOnEmptySide',
    }),
    ends: { cause: 'take', lastPrice: 2147483647, fee: 0 },
  },
  {
    rule: 'the reference looks no farther than the worst price since it found nothing',
    session: day(
      [ask(1, 206, 1), clearAsks(2, 205), ask(3, 201, 1)],
      asked({ ...buy(1, 2, 0), ...market }),
      { quirk: 'clearSkipsOneLevel' },
    ),
    ends: { type: 'order.expired', reason: 'noLiquidity' },
  },
  {
    rule: 'the reference finds the level next to a bound where a CLEAR overlooks none',
    session: day(
      [ask(1, 201, 1), ask(1, 202, 1), clearAsks(2, 201)],
      asked({ ...buy(1, 1, 0), ...market }),
      { quirk: 'crossedLevelsStay' },
    ),
    ends: { cause: 'take', lastPrice: 202 },
  },
  {
    rule: 'a bounded CLEAR of a side where nothing is seen looks for nothing',
    session: day(
      [bid(1, 205, 1), ask(2, 203, 1), ask(3, 203, 0), clearBids(4, 210)],
      asked({ ...sell(1, 1, 0), ...market }),
      { quirk: 'crossedLevelsStay' },
    ),
    ends: { type: 'order.expired', reason: 'noLiquidity' },
  },
  {
    rule: 'such a CLEAR does not forget either how far levels went',
    session: day(
      [bid(1, 200, 1), ask(2, 200, 1), clearBids(3, 200), bid(4, 201, 1)],
      asked(sell(1, 2, 200)),
      { quirk: 'crossedLevelsStay' },
    ),
    ends: { cause: 'take', lastPrice: 200, leavesQty: 0 },
  },
  {
    rule: 'a CLEAR removes what is stored in its range, seen or not',
    session: day(
      [
        ...[ask(1, 202, 1), clearAsks(2, 201), ask(3, 201, 1), clearAsks(4, 291)],
        ...[ask(5, 201, 1), ask(6, 203, 1)],
      ],
      asked({ ...buy(1, 2, 0), ...market }),
      { quirk: 'clearSkipsOneLevel' },
    ),
    ends: { cause: 'take', lastPrice: 203 },
  },
]
