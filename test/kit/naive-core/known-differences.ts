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
import { ask, bid, marketEvent } from '../market.ts'
import type { Quirk } from './quirks.ts'
import type { Action, Script } from './script.ts'
import { fillOf } from './world.ts'

/** The shortest session in which the two Cores differ by one quirk. */
export type KnownDifference = {
  readonly quirk: Quirk
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
const quotes = (time: number, low: number, high: number): CoreEvent =>
  marketEvent(time, [bid(low, 5), ask(high, 5)])
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

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    quirk: 'postOnlyNeedsBothSides',
    rule: 'POST_ONLY_WOULD_TRADE needs the other side of the book and no more (5.6)',
    configuration: limits({}),
    script: script('market', [], [act('new', { timeInForce: 'postOnly' })]),
    events: [start, marketEvent(2, [ask(1_000, 5)])],
  },
  {
    quirk: 'replaceCountsFilled',
    rule: 'exposure is the position and what is open: what filled is in the position (D-008)',
    configuration: limits({ maxGrossQuoteNotional: parseDecimal('1.5') }),
    script: script('market', [act('new', { qty: 10 })], [act('replace', { qty: 16 })]),
    events: [start, submitted(2, 1, 10), accepted(3, 1), filled(4, 1, 8, 2), asks(5)],
  },
  {
    quirk: 'waitingCancelFreesQuote',
    rule: 'a queued CANCEL is only a request (5.2); one that was sent counts, this one may never leave',
    configuration: limits({ maxActiveQuotes: 1 }, { cancels: parseDecimal('0') }),
    script: script('market', [act('new')], [act('cancel'), act('new')]),
    events: [start, submitted(2, 1, 1), accepted(3, 1), asks(4)],
  },
  {
    quirk: 'baselineFromLimit',
    rule: 'the drawdown is against the first known equity, whenever the limit comes (D-009)',
    configuration: limits({}),
    script: script('market', [act('new', { qty: 10 })], [], [act('new')]),
    events: [
      start,
      submitted(2, 1, 10),
      accepted(3, 1),
      filled(4, 1, 10, 0),
      quotes(5, 900, 902),
      {
        type: 'control.configurationChanged',
        time: 6,
        version: '2',
        changes: { risk: { maxDrawdown: parseDecimal('0.05') } },
      },
      asks(7),
    ],
  },
  {
    quirk: 'overlayTakesDuplicates',
    rule: 'Risk and admission take Intents one by one (5.6): a NEW that admission drops is no order',
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
    quirk: 'countNeedsMid',
    rule: 'a limit on the number of quotes needs no mid: only a missing input denies (5.6)',
    configuration: limits({ maxActiveQuotes: 3 }),
    script: script('market', [], [act('new', { market: true })], [act('new')]),
    events: [
      start,
      quotes(2, 999, 1_001),
      submitted(3, 1, 1, { orderType: 'market', timeInForce: 'IOC', price: 0 }),
      marketEvent(4, [bid(999, 0)]),
    ],
  },
  {
    quirk: 'endedReplaceCounts',
    rule: 'exposure is the position and what is open: an ended order is not (D-008)',
    configuration: limits({ maxActiveQuotes: 1 }),
    script: script(
      'execution',
      [act('new')],
      [act('replace', { qty: 2 })],
      [act('replace', { qty: 3 })],
      [act('new')],
    ),
    events: [
      start,
      submitted(2, 1, 1),
      accepted(3, 1),
      { type: 'intent.dispatched', time: 4, key: 1, kind: 'replace' },
      accepted(5, 1),
      filled(6, 1, 1, 0),
    ],
  },
  {
    quirk: 'closedSessionAsks',
    rule: 'once a session has drained, strategies are asked no more (D-007)',
    configuration: limits({}),
    script: script('market', [], [act('new')]),
    events: [
      start,
      { type: 'control.sessionDraining', time: 2, reason: 'end of feed' },
      { type: 'control.sessionEnded', time: 3, reason: 'end of feed' },
      asks(4),
    ],
  },
  {
    quirk: 'drainingFoldsNothing',
    rule: 'reduce folds every Event, whether or not decide runs (strategy contract)',
    configuration: limits({}),
    script: script('market', []),
    events: [start, { type: 'control.sessionDraining', time: 2, reason: 'end of feed' }],
  },
]
