import {
  BUY,
  type CoreEvent,
  type Decision,
  defineStrategy,
  type Intent,
  instantiate,
  placeLimit,
  SELL,
  type Side,
  type StateView,
  type StrategyInstance,
  type TimeInForce,
  type Touch,
} from '@escapement/core'
import { asked, heard, isFree, isInactive, type OwnOrder, submitted } from './own-orders.ts'

export type StrategyParams = {
  readonly intervalNs: number
  readonly lots: number
  /** Absent: one order a side is modified to follow the best price (S3). */
  readonly levels?: number | undefined
  /** Every n-th step ends with an IOC order of `takeLots`. */
  readonly takeEvery?: number | undefined
  readonly takeLots?: number | undefined
}

type Memory = {
  /** What the local side knows, ascending keys. */
  readonly orders: readonly OwnOrder[]
  /** Steps with both best prices. */
  readonly samples: number
  /** Keys of the orders last submitted on each side, for S3. */
  readonly bid: number
  readonly ask: number
}

/**
 * The strategies of the reference pack: they run every interval, keep hftbacktest's own idea of
 * their orders in memory, and send whatever that idea allows.
 */
const reference = defineStrategy<StrategyParams, Memory>({
  name: 'reference',
  trigger: { events: ['control.sessionStarted'] },
  init: () => ({ orders: [], samples: 0, bid: -1, ask: -1 }),
  reduce: fold,
  decide(view, memory, reason, params): Decision<Memory> {
    const wakeAt = view.now + params.intervalNs
    if (reason !== 'wakeUp') return { wakeAt }
    const step = new Step(view, memory)
    const touch = view.touch()
    if (touch === null) return { memory: step.memory(), wakeAt }
    step.samples++
    if (params.levels === undefined) step.follow(touch, params.lots)
    else step.requote(touch, params, params.levels)
    return { intents: step.intents, memory: step.memory(), wakeAt }
  },
})

export const referenceStrategy = (params: StrategyParams): StrategyInstance =>
  instantiate(reference, params)

function fold(memory: Memory, event: CoreEvent): Memory {
  if (!('key' in event)) return memory
  const at = memory.orders.findIndex(({ key }) => key === event.key)
  if (at < 0) return memory
  const before = memory.orders[at]!
  const after = heard(before, event)
  return after === before ? memory : { ...memory, orders: memory.orders.with(at, after) }
}

/** One run of the strategy: the Intents it collects, and its orders as they are then. */
class Step {
  readonly intents: Intent[] = []
  samples: number
  readonly #orders: OwnOrder[]
  readonly #view: StateView
  #bid: number
  #ask: number

  constructor(view: StateView, memory: Memory) {
    this.#view = view
    this.#orders = memory.orders.filter((own) => !isInactive(own))
    this.samples = memory.samples
    this.#bid = memory.bid
    this.#ask = memory.ask
  }

  memory(): Memory {
    return { orders: this.#orders, samples: this.samples, bid: this.#bid, ask: this.#ask }
  }

  /** S1 and S2: cancel all that can be, quote the levels anew, and now and then take. */
  requote({ bid, ask }: Touch, params: StrategyParams, levels: number): void {
    this.#orders.forEach((own, i) => {
      if (!isFree(own)) return
      this.#orders[i] = asked(own, 'cancel', own.price)
      this.intents.push({ type: 'intent.cancel', key: own.key, instrument: 0 })
    })
    for (let level = 0; level < levels; level++) {
      this.#submit(BUY, bid - level, params.lots, 'postOnly')
      this.#submit(SELL, ask + level, params.lots, 'postOnly')
    }
    const { takeEvery, takeLots } = params
    if (takeEvery === undefined || takeLots === undefined || this.samples % takeEvery !== 0) return
    const buys = (this.samples / takeEvery) % 2 === 1
    this.#submit(buys ? BUY : SELL, buys ? ask : bid, takeLots, 'IOC')
  }

  /** S3: one order a side, modified to the best price. */
  follow({ bid, ask }: Touch, lots: number): void {
    this.#bid = this.#followSide(this.#bid, BUY, bid, lots)
    this.#ask = this.#followSide(this.#ask, SELL, ask, lots)
  }

  #followSide(last: number, side: Side, best: number, lots: number): number {
    const at = this.#orders.findIndex(({ key }) => key === last)
    const own = this.#orders[at]
    if (own === undefined) return this.#submit(side, best, lots, 'postOnly')
    if (own.status !== 1 || own.pending !== '' || own.price === best) return last
    this.#orders[at] = asked(own, 'replace', best)
    this.intents.push({ type: 'intent.replace', key: last, instrument: 0, price: best, qty: lots })
    return last
  }

  #submit(side: Side, price: number, qty: number, timeInForce: TimeInForce): number {
    const intent = placeLimit(this.#view, { side, price, qty, timeInForce })
    this.#orders.push(submitted(intent.key, side, price))
    this.intents.push(intent)
    return intent.key
  }
}
