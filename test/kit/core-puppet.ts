import {
  defineStrategy,
  type Intent,
  type NewIntent,
  ORDER_TYPES,
  type OrderTerms,
  type OrderType,
  orderKey,
  orderNamespace,
  type Side,
  type Signal,
  type StrategyInstance,
  TIMES_IN_FORCE,
  type TimeInForce,
  type Trigger,
} from '@escapement/core'

/**
 * A strategy without a will of its own: it emits the Intents that a `control.signal` Event spells
 * out. So every session of the tests is an Event Stream, and replays like one.
 */
const WIDTH = 9
const KINDS = ['intent.new', 'intent.replace', 'intent.cancel', 'wakeAt'] as const

export type Memory = { readonly said: readonly number[]; readonly asked: number }

export const puppet = (trigger: Trigger = {}): StrategyInstance => ({
  strategy: defineStrategy<unknown, Memory>({
    name: 'puppet',
    trigger: { ...trigger, events: ['control.signal', ...(trigger.events ?? [])] },
    init: () => ({ said: [], asked: 0 }),
    reduce: (memory, event) =>
      event.type === 'control.signal' ? { ...memory, said: event.payload } : memory,
    decide(_view, { said, asked }) {
      const { intents, wakeAt } = readOrders(said)
      const memory = { said: [], asked: asked + 1 }
      return wakeAt === null ? { intents, memory } : { intents, memory, wakeAt }
    },
  }) as unknown as StrategyInstance['strategy'],
  params: {},
})

/** A puppet that emits those of the Intents that are about orders of its own. */
export function puppetOf(namespace: number): StrategyInstance {
  const { strategy, params } = puppet()
  const isOwn = ({ key }: Intent): boolean => orderNamespace(key) === namespace
  return {
    params,
    strategy: {
      ...strategy,
      decide(view, memory, reason, given) {
        const decision = strategy.decide(view, memory, reason, given)
        return { ...decision, intents: (decision.intents ?? []).filter(isOwn) }
      },
    },
  }
}

/** A NEW limit order of the first instrument, good till cancel, unless `parts` says otherwise. */
export const newOrder = (
  counter: number,
  side: Side,
  price: number,
  qty: number,
  parts: Partial<OrderTerms> = {},
): NewIntent => ({
  type: 'intent.new',
  key: orderKey(0, counter),
  instrument: 0,
  side,
  orderType: 'limit',
  timeInForce: 'GTC',
  price,
  qty,
  ...parts,
})
export const replace = (counter: number, price: number, qty: number, instrument = 0): Intent => ({
  type: 'intent.replace',
  key: orderKey(0, counter),
  instrument,
  price,
  qty,
})
export const cancel = (counter: number, instrument = 0): Intent => ({
  type: 'intent.cancel',
  key: orderKey(0, counter),
  instrument,
})

/** The Event that makes the puppet emit `intents`, and ask for a wake-up if `wakeAt` is given. */
export function saying(time: number, intents: readonly Intent[], wakeAt?: number): Signal {
  const payload = intents.flatMap((intent) => {
    const { key, instrument } = intent
    const terms = { side: 0, price: 0, qty: 0, ...intent }
    const [type, tif] =
      intent.type === 'intent.new'
        ? [ORDER_TYPES.indexOf(intent.orderType), TIMES_IN_FORCE.indexOf(intent.timeInForce)]
        : [0, 0]
    const kind = KINDS.indexOf(intent.type)
    return [kind, key, instrument, terms.side, terms.price, terms.qty, type, tif, 0]
  })
  if (wakeAt !== undefined) payload.push(3, 0, 0, 0, 0, 0, 0, 0, wakeAt)
  return { type: 'control.signal', time, name: 'say', version: 1, payload }
}

function readOrders(said: readonly number[]): { intents: Intent[]; wakeAt: number | null } {
  const intents: Intent[] = []
  let wakeAt: number | null = null
  for (let at = 0; at < said.length; at += WIDTH) {
    const [kind, key, instrument, side, price, qty, type, tif, wake] = said.slice(
      at,
      at + WIDTH,
    ) as [number, number, number, Side, number, number, number, number, number]
    const orderType = ORDER_TYPES[type] as OrderType
    const timeInForce = TIMES_IN_FORCE[tif] as TimeInForce
    if (kind === 0) {
      const terms = { key, instrument, side, orderType, timeInForce, price, qty }
      intents.push({ type: 'intent.new', ...terms })
    } else if (kind === 1) intents.push({ type: 'intent.replace', key, instrument, price, qty })
    else if (kind === 2) intents.push({ type: 'intent.cancel', key, instrument })
    else wakeAt = wake
  }
  return { intents, wakeAt }
}
