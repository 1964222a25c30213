import { type OrderFilled, orderKey, type Side } from '@escapement/core'
import type { EquityPoint } from '../../../actors/recorder.actor.ts'
import type { RunResult } from '../../../runtime/analysis/experiment/run-result.ts'

/** A fill of the first instrument; the local time is 5 ns after the Venue's. */
export function fill(
  exchTime: number,
  side: Side,
  lastPrice: number,
  lastQty: number,
  rest: Partial<OrderFilled> = {},
): OrderFilled {
  return {
    type: 'order.filled',
    time: exchTime + 5,
    exchTime,
    key: orderKey(0, 1),
    instrument: 0,
    side,
    execId: 1,
    lastPrice,
    lastQty,
    cumQty: lastQty,
    leavesQty: 0,
    liquidity: 'maker',
    fee: 0,
    cause: 'trade',
    causeRow: 3,
    queueBefore: 0,
    queueAfter: 0,
    ...rest,
  }
}

/** What a decision saw: equity in money units, and a touch. */
export const point = (
  time: number,
  equity: bigint | null,
  [bid, ask] = [100, 102],
): EquityPoint => ({ time, position: 0, equity, bid: bid!, ask: ask! })

/** A run of many, done, with one metric. */
export const resultOf = (id: string, value: number | null, more: Partial<RunResult> = {}) => {
  const result: RunResult = {
    id,
    status: 'done',
    parameters: {},
    metrics: { pnl: value },
    sharpe: null,
    ...more,
  }
  return result
}
