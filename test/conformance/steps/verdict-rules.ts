import type { VectorIntent } from './format.ts'
import type { Rule } from './rule.ts'
import { hasPriceOfZero, lastBooks } from './rule-conditions.ts'
import type { StepContext } from './run-steps.ts'

const EXPOSURE = new Set(['MAX_POSITION', 'MAX_GROSS_NOTIONAL'])
const POST_ONLY = new Set(['POST_ONLY_WOULD_TRADE', 'DROPPED_BY_POLICY'])
const QUOTES = new Set(['MAX_ACTIVE_QUOTES', 'MAX_GROSS_QUOTE_NOTIONAL', 'MAX_NET_QUOTE_NOTIONAL'])

/** Rules about one Intent's verdict by Risk. */
export const VERDICT_RULES: readonly Rule[] = [
  {
    id: 'exposure-of-open-orders',
    ruling: 'D-008: position and gross limits count open orders as filled and let reductions pass',
    waives: verdict(
      (reasons, intent, k, context) =>
        reasons.some((reason) => EXPOSURE.has(reason)) && exposureDiffers(intent, k, context),
    ),
  },
  {
    id: 'losses-marked-to-market',
    ruling: 'D-009: equity is marked at the present mids, not at the last account feedback',
    waives: verdict((reasons) => reasons.some((reason) => reason.startsWith('MAX_LOSS_'))),
  },
  {
    id: 'post-only-replace',
    ruling: 'reference-core 10.21: post-only holds for a REPLACE as well',
    waives: verdict(
      (reasons, intent) => intent.type === 'replace' && reasons.some((r) => POST_ONLY.has(r)),
    ),
  },
  {
    id: 'known-contract-size',
    ruling: 'concepts 8.8: the Configuration is complete before the first Event, contract size too',
    waives: verdict(
      (reasons, { instrument }, _k, context) =>
        lastBooks(context, `market.${instrument}.`).length === 0 &&
        reasons.some((reason) => reason.endsWith('_NOTIONAL')),
    ),
  },
  {
    id: 'intents-one-by-one',
    ruling:
      'concepts 5.6 [R]: Risk judges in emission order and sees the earlier Intents of the step',
    waives: verdict((reasons, _intent, k) => k > 0 && reasons.some((reason) => QUOTES.has(reason))),
  },
  {
    id: 'queued-replace-leaves',
    ruling: 'orders.ts: a quantity is a total, so a queued REPLACE adds what it leaves open',
    waives: verdict(
      (reasons, _intent, _k, { outcome }) =>
        outcome.notes.has('replaceOfPartlyFilled') && reasons.some((reason) => QUOTES.has(reason)),
    ),
  },
  {
    id: 'replace-leaves',
    ruling:
      'D-018: what has filled of an order is in the position, so a REPLACE shows what it leaves',
    waives: verdict(
      (reasons, intent, _k, context) =>
        intent.type === 'replace' &&
        reasons.some((reason) => QUOTES.has(reason)) &&
        hasFilled(intent, context),
    ),
  },
  {
    id: 'request-under-way-counts',
    ruling: 'D-008: what a request under way asks for counts as working until it is answered',
    waives: verdict(
      (reasons, _intent, _k, { outcome }) =>
        outcome.notes.has('askedUnderWay') && reasons.some((reason) => QUOTES.has(reason)),
    ),
  },
  {
    id: 'post-only-at-zero',
    ruling: 'decimals: a touch of 0 is a touch, so a post-only order can meet it',
    waives: verdict(
      (reasons, { instrument }, _k, context) =>
        reasons.some((reason) => POST_ONLY.has(reason)) &&
        lastBooks(context, `market.${instrument}.`).some(hasPriceOfZero),
    ),
  },
]

/** A rule about one Intent's verdict: both reasons, the Intent, its place in the step. */
function verdict(
  explains: (
    reasons: readonly string[],
    intent: VectorIntent,
    k: number,
    context: StepContext,
  ) => boolean,
): Rule['waives'] {
  return ({ path, expected, found }, context) => {
    const match = /^policyRejected\.\d+\.(\d+)$/.exec(path)
    if (match === null) return false
    const k = Number(match[1])
    const reasons = [expected, found].filter((reason) => typeof reason === 'string')
    return explains(reasons, context.step.intents![k]!, k, context)
  }
}

function hasFilled({ instrument, client_order_id: id }: VectorIntent, { drive }: StepContext) {
  const key = drive.keys.recorded({ instrument, id })
  const order = key === undefined ? undefined : drive.turn.state.execution.orders.get(key)
  return order !== undefined && order.cumQty > 0
}

/** Whether there is anything that D-008 looks at and the reference does not. */
function exposureDiffers(intent: VectorIntent, k: number, { drive }: StepContext): boolean {
  const { accounts, orders, inflight, work } = drive.turn.state.execution
  const anyOpen = orders.openCount > 0 || inflight.size > 0 || work.queue.size > 0 || k > 0
  const { position } = accounts[drive.instruments.get(intent.instrument)!.index]!
  const reduces = intent.side === 'buy' ? position < 0 : position > 0
  return anyOpen || reduces
}
