import { CodedError } from '@escapement/core'
import { type QueueShare, queueShare } from './queue-share.ts'
import { minNumber } from './rounding.ts'

/**
 * Where an own order is thought to stand in the queue of its level. All quantities are float64 in
 * natural units (coins, contracts), because the logarithmic formulas are not scale-free.
 */
export type QueueEstimate = {
  /** Displayed quantity thought to be ahead; negative once trades went past it. */
  front: number
  /** Traded at the order's price since the last depth row there. */
  traded: number
}

/** How the estimate moves. It starts with the displayed quantity of the own side, traded 0. */
export type QueueModel = {
  /** What distinguishes the model; part of the venue's identity. */
  readonly identity: string
  /** The queue is known from market by order: `order-rows.ts` moves it, nothing is estimated. */
  readonly byOrder?: true
  /** A trade of `qty` at the order's price. */
  trade(estimate: QueueEstimate, qty: number): void
  /** The level at the order's price went from `previous` to `next`; also when they are equal. */
  depth(estimate: QueueEstimate, previous: number, next: number): void
}

/**
 * `riskAverse`: only trades move us; `l3Fifo`: the orders ahead are known; the others assume that a
 * share of the cancels was ahead.
 */
export type QueueConfig =
  | { readonly model: 'riskAverse' }
  | { readonly model: 'l3Fifo' }
  | { readonly model: 'log' | 'log2' }
  | { readonly model: 'power' | 'power2' | 'power3'; readonly n: number }

/**
 * The queue model of a configuration.
 * @throws ESC_CONFIG_INVALID when the model is unknown or its power is not from 1 to 16 in eighths
 */
export function queueModel(config: QueueConfig): QueueModel {
  switch (config.model) {
    case 'riskAverse':
      return riskAverse
    case 'l3Fifo':
      return orderByOrder
    case 'log':
    case 'log2':
      return probabilistic(config.model, queueShare(config.model, 1))
    case 'power':
    case 'power2':
    case 'power3': {
      const { n } = config
      if (!Number.isInteger(n * 8) || n < 1 || n > 16) {
        throw new CodedError('ESC_CONFIG_INVALID', {
          field: 'queue.n',
          found: String(n),
          needed: '1 to 16 in steps of 0.125',
        })
      }
      return probabilistic(`${config.model}(${n})`, queueShare(config.model, n))
    }
    default:
      throw new CodedError('ESC_CONFIG_INVALID', {
        field: 'queue.model',
        found: JSON.stringify((config as { model?: unknown }).model),
        needed: 'riskAverse, power, power2, power3, log, log2 or l3Fifo',
      })
  }
}

/** Cancels never help: the queue ahead shrinks by trades, and to the level's size at most. */
const riskAverse: QueueModel = {
  identity: 'riskAverse',
  trade(estimate, qty) {
    estimate.front -= qty
  },
  depth(estimate, _previous, next) {
    estimate.front = minNumber(estimate.front, next)
  },
}

/** Trades and levels say nothing that the rows of orders do not say exactly. */
const orderByOrder: QueueModel = {
  identity: 'l3Fifo',
  byOrder: true,
  trade() {},
  depth() {},
}

/**
 * A decrease that trades do not explain is split: the share `p` of it was behind us.
 * @source README.md, "Queue models"; the order of the float operations is part of the rule.
 */
function probabilistic(identity: string, share: QueueShare): QueueModel {
  return {
    identity,
    trade(estimate, qty) {
      estimate.front -= qty
      estimate.traded += qty
    },
    depth(estimate, previous, next) {
      const front = estimate.front
      const decrease = previous - next - estimate.traded
      estimate.traded = 0
      if (decrease < 0) {
        estimate.front = minNumber(front, next)
        return
      }
      const behind = previous - front
      let p = share(front, behind)
      if (p === Number.POSITIVE_INFINITY || p === Number.NEGATIVE_INFINITY) p = 1
      // More cannot have left behind us than was there; the rest left ahead. A NaN of 0/0 ends in
      // the outer minimum, which then is `next`.
      const surplus = minNumber(behind - p * decrease, 0)
      estimate.front = minNumber(front - (1 - p) * decrease + surplus, next)
    },
  }
}
