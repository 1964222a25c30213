import {
  type CoreConfiguration,
  type CoreEvent,
  type OrderFilled,
  type OrderSubmitted,
  parseDecimal,
  type RateLimits,
  type RiskLimits,
  type Side,
} from '@escapement/core'
import { configuration } from '../configuration.ts'
import { fillOf } from './fill-of.ts'
import type { Action, Script } from './script.ts'

/** The shortest session in which the two Cores once differed, and the rule that settled it. */
export type SettledSession = {
  readonly rule: string
  readonly configuration: CoreConfiguration
  readonly script: Script
  readonly events: readonly CoreEvent[]
}

const BLANK: Action = {
  op: 'new',
  which: 0,
  instrument: 0,
  side: 1,
  market: false,
  timeInForce: 'GTC',
  price: 1_000,
  qty: 1,
}
const act = (op: Action['op'], parts: Partial<Action> = {}): Action => ({ ...BLANK, op, ...parts })
/** One line at the session's start, then one at each Event that asks. */
const script = (trigger: Script['trigger'], ...lines: readonly Action[][]): Script => ({
  trigger,
  lines: lines.map((actions) => ({ actions, wakeIn: 0 })),
})
const limits = (risk: RiskLimits, rateLimits: RateLimits = {}): CoreConfiguration =>
  configuration({ risk, rateLimits })

const start: CoreEvent = { type: 'control.sessionStarted', time: 1, seed: 1 }
const asks = (time: number): CoreEvent => ({
  type: 'control.signal',
  time,
  name: 'ask',
  version: 1,
  payload: [],
})
const accepted = (time: number, key: number): CoreEvent => ({
  type: 'order.accepted',
  time,
  exchTime: time,
  key,
})
const submitted = (
  time: number,
  key: number,
  qty: number,
  parts: Partial<OrderSubmitted> = {},
): CoreEvent => ({
  type: 'order.submitted',
  time,
  key,
  instrument: 0,
  side: 1,
  orderType: 'limit',
  timeInForce: 'GTC',
  price: 1_000,
  qty,
  ...parts,
})
const filled = (time: number, key: number, lastQty: number, leavesQty: number): OrderFilled => ({
  ...fillOf(key, time),
  instrument: 0,
  side: 1 as Side,
  execId: key,
  lastPrice: 1_000,
  lastQty,
  cumQty: lastQty,
  leavesQty,
  fee: 0,
})

export const SETTLED_SESSIONS: readonly SettledSession[] = [
  {
    rule: 'exposure is the position and what is open: what filled is in the position',
    configuration: limits({ maxGrossQuoteNotional: parseDecimal('1.5') }),
    script: script('market', [act('new', { qty: 10 })], [act('replace', { qty: 16 })]),
    events: [start, submitted(2, 1, 10), accepted(3, 1), filled(4, 1, 8, 2), asks(5)],
  },
  {
    rule: 'a queued CANCEL is only a request: its order is still a quote',
    configuration: limits({ maxActiveQuotes: 1 }, { cancels: parseDecimal('0') }),
    script: script('market', [act('new')], [act('cancel'), act('new')]),
    events: [start, submitted(2, 1, 1), accepted(3, 1), asks(4)],
  },
  {
    rule: 'a NEW that admission drops is no order for Risk either',
    configuration: limits({ maxPosition: parseDecimal('0.021') }),
    script: script(
      'market',
      [act('new', { qty: 20 })],
      [act('new')],
      [act('sameKey', { side: -1 }), act('replace', { qty: 20 })],
    ),
    events: [
      start,
      submitted(2, 1, 20),
      accepted(3, 1),
      filled(4, 1, 20, 0),
      asks(5),
      submitted(6, 2, 1),
      accepted(7, 2),
      asks(8),
    ],
  },
  {
    rule: 'who fails at the session’s start wanted nothing and stays due until it is disabled',
    configuration: limits({}),
    script: script('none', [act('freshKey'), act('draw'), act('throw')]),
    events: [
      start,
      asks(2),
      { type: 'control.strategyDisabled', time: 3, strategy: 0, reason: 'failed' },
      asks(4),
    ],
  },
]
