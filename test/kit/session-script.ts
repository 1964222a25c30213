import {
  BUY,
  type Decision,
  defineStrategy,
  instantiate,
  type MarketRows,
  type NewIntent,
  placeLimit,
  RowFlag,
  RowKind,
  type StateView,
  type StrategyInstance,
} from '@escapement/core'
import { rowsOf } from '../adapters/kit.ts'

/** A strategy that answers its n-th evaluation with `decide(view, n)`. */
export const scripted = (
  decide: (view: StateView, turn: number) => Decision,
  everyNth?: number,
): StrategyInstance =>
  instantiate(
    defineStrategy<unknown, number>({
      name: 'scripted',
      ...(everyNth === undefined ? {} : { trigger: { everyNth } }),
      init: () => 0,
      decide: (view, turn) => ({
        ...(decide(view, turn) as Omit<Decision, 'memory'>),
        memory: turn + 1,
      }),
    }),
  )

/** Buy orders far below the market, where nothing fills them. */
export const deepBids = (view: StateView, count: number): NewIntent[] =>
  Array.from({ length: count }, (_, i) =>
    placeLimit(view, { side: BUY, price: 500_000 + i, qty: 1 }),
  )

const { EXCHANGE, LOCAL, BUY: BID, SELL: ASK } = RowFlag
const BOTH = EXCHANGE | LOCAL

/** A market of one level a side from time 0 on, and one row without meaning at each of `times`. */
export function quietMarket(times: readonly number[]): MarketRows {
  const level = (flags: number, price: number, time: number, qty: number) => ({
    kind: RowKind.DEPTH,
    flags: BOTH | flags,
    exch: time,
    local: time,
    price,
    qty,
  })
  const rows = times.map((time, i) => level(BID, 599_900, time, 1 + i))
  return rowsOf([level(BID, 600_000, 0, 50), level(ASK, 600_001, 0, 50), ...rows])
}
