import type {
  Closure,
  CommandKind,
  CoreConfiguration,
  Dispatch,
  Intent,
  OrderKey,
  OrderTerms,
} from '@escapement/core'
import { hasEnded, type NaiveOrder } from './naive-orders.ts'
import { maySend, type Rates, recoversAt } from './naive-rates.ts'

/** The effective command of a key. */
export type Pending = {
  readonly kind: CommandKind
  /** A NEW that a REPLACE took over before it left: still sent as a NEW, with these terms. */
  readonly startsOrder: boolean
  readonly terms: OrderTerms
  readonly sequence: number
}
export type Inflight = { readonly kind: CommandKind; readonly terms: OrderTerms }

/** What the queue looks at while it decides. */
export type QueueScope = {
  readonly configuration: CoreConfiguration
  readonly orders: ReadonlyMap<OrderKey, NaiveOrder>
  readonly inflight: ReadonlyMap<OrderKey, readonly Inflight[]>
  readonly wasUsed: (key: OrderKey) => boolean
  /** The shared rate, or the instrument's own. */
  readonly ratesOf: (instrument: number) => Rates
  readonly now: number
}

/** Terms an Intent would act on: its own, those of what waits, of what is under way, of the order. */
export function termsOf(
  key: OrderKey,
  queue: readonly Pending[],
  { inflight, orders }: Pick<QueueScope, 'inflight' | 'orders'>,
): OrderTerms | null {
  const waiting = queue.find((pending) => pending.terms.key === key && pending.startsOrder)
  const underWay = inflight.get(key)?.find((request) => request.kind === 'new')
  return orders.get(key)?.terms ?? underWay?.terms ?? waiting?.terms ?? null
}

type Admitted = { readonly queue: readonly Pending[]; readonly closures: readonly Closure[] }

/** What earlier Intents of the same step did to a key. */
export type StepKeys = { readonly used: Set<OrderKey>; readonly withdrawn: Set<OrderKey> }

/**
 * Takes an allowed Intent in, unless there is nothing it could mean: a NEW whose key was used
 * before, a REPLACE or CANCEL of nothing. Such a CANCEL still beats a NEW that follows it at once.
 */
export function admit(
  queue: readonly Pending[],
  intent: Intent,
  sequence: number,
  scope: QueueScope,
  { used, withdrawn }: StepKeys,
): Admitted {
  const { key, type } = intent
  const refused = (kind: CommandKind, reason: Closure['reason']): Admitted => ({
    queue,
    closures: [{ key, kind, reason }],
  })
  if (type === 'intent.new') {
    if (withdrawn.has(key)) return refused('new', 'superseded')
    const isWaiting = queue.some((pending) => pending.terms.key === key)
    const isKnown = termsOf(key, queue, scope) !== null || scope.wasUsed(key) || used.has(key)
    if (!isWaiting && isKnown) return refused('new', 'duplicateOrderKey')
    used.add(key)
  } else if (termsOf(key, queue, scope) === null) {
    if (type === 'intent.cancel') withdrawn.add(key)
    return refused(type === 'intent.cancel' ? 'cancel' : 'replace', 'invalidated')
  }
  return dominate(queue, intent, sequence, scope)
}

/** Dominance, and nothing else: CANCEL over REPLACE over NEW, per key. */
function dominate(
  queue: readonly Pending[],
  intent: Intent,
  sequence: number,
  scope: QueueScope,
): Admitted {
  const { key } = intent
  const waiting = queue.find((pending) => pending.terms.key === key)
  const kind: CommandKind = intent.type.slice('intent.'.length) as CommandKind
  const superseded = (loser: CommandKind): Closure => ({ key, kind: loser, reason: 'superseded' })
  if (waiting !== undefined && strength(kind) < strength(waiting.kind)) {
    return { queue, closures: [superseded(kind)] }
  }
  const base = waiting?.startsOrder === true ? waiting.terms : termsOf(key, queue, scope)
  if (kind !== 'new' && base === null) return { queue, closures: [] }
  const others = queue.filter((pending) => pending !== waiting)
  const closures = waiting === undefined ? [] : [superseded(waiting.kind)]
  if (intent.type === 'intent.cancel' && waiting?.startsOrder === true) {
    return { queue: others, closures: [...closures, { key, kind, reason: 'closedLocally' }] }
  }
  const entry = { kind, sequence, startsOrder: startsOrder(intent, waiting) }
  const terms = merged(intent, base)
  return { queue: [...others, { ...entry, terms }], closures }
}

const strength = (kind: CommandKind): number => ['new', 'replace', 'cancel'].indexOf(kind)

const startsOrder = (intent: Intent, waiting: Pending | undefined): boolean =>
  intent.type === 'intent.new' || (intent.type === 'intent.replace' && !!waiting?.startsOrder)

function merged(intent: Intent, base: OrderTerms | null): OrderTerms {
  if (intent.type === 'intent.new') {
    const { type: _, ...terms } = intent
    return terms
  }
  if (base === null) throw new Error(`no terms for key ${intent.key}: Risk let it pass`)
  if (intent.type === 'intent.cancel') return base
  return { ...base, price: intent.price, qty: intent.qty }
}

/** Closes what can never leave any more. */
function closeInvalid(queue: readonly Pending[], scope: QueueScope): Admitted {
  const closures: Closure[] = []
  const left = queue.filter((pending) => {
    const verdict = judge(pending, scope)
    if (verdict === 'wait' || verdict === 'ready') return true
    closures.push({ key: pending.terms.key, kind: pending.kind, reason: verdict })
    return false
  })
  return { queue: left, closures }
}

export type Processed = {
  readonly queue: readonly Pending[]
  readonly closures: readonly Closure[]
  readonly dispatches: readonly Dispatch[]
  /** When rate alone lets the next waiting command leave. */
  readonly rateDue: number | null
}

/** Validity, inflight, order, rate: which commands end, wait or leave now. Uses up `scope.ratesOf`. */
export function processQueue(queue: readonly Pending[], scope: QueueScope): Processed {
  const { queue: valid, closures } = closeInvalid(queue, scope)
  const ready = valid.filter((pending) => judge(pending, scope) === 'ready')
  let left = valid
  const dispatches: Dispatch[] = []
  const dues: number[] = []
  for (const pending of ready.sort(inOrder)) {
    const rates = scope.ratesOf(pending.terms.instrument)
    const records = pending.kind === 'cancel' ? rates.cancels : rates.orders
    if (maySend(records, scope.now)) {
      records.push({ type: 'used', time: scope.now })
      dispatches.push(dispatchOf(pending, scope))
      left = left.filter((other) => other !== pending)
    } else {
      const due = recoversAt(records, scope.now)
      if (due !== null) dues.push(due)
    }
  }
  return {
    queue: left,
    closures,
    dispatches,
    rateDue: dues.length === 0 ? null : Math.min(...dues),
  }
}

type JudgedAs = 'ready' | 'wait' | Closure['reason']

function judge(pending: Pending, scope: QueueScope): JudgedAs {
  const { key, price, qty } = pending.terms
  const order = scope.orders.get(key)
  const busy = scope.inflight.get(key) ?? []
  if (pending.startsOrder) {
    return order !== undefined || busy.length > 0 ? 'duplicateOrderKey' : 'ready'
  }
  if (order === undefined) return busy.length > 0 ? 'wait' : 'invalidated'
  if (hasEnded(order)) return 'invalidated'
  if (busy.length > 0) {
    const passes = scope.configuration.control.cancelsPassInflight && pending.kind === 'cancel'
    return passes && !busy.some((request) => request.kind === 'cancel') ? 'ready' : 'wait'
  }
  if (pending.kind === 'cancel') return 'ready'
  if (order.terms.price === price && order.terms.qty === qty) return 'noChange'
  return order.status === 'submitted' ? 'wait' : 'ready'
}

const sentAs = (pending: Pending): CommandKind => (pending.startsOrder ? 'new' : pending.kind)

/** CANCEL, REPLACE, NEW; then admission sequence; then key. */
function inOrder(a: Pending, b: Pending): number {
  const byKind = strength(sentAs(b)) - strength(sentAs(a))
  return byKind || a.sequence - b.sequence || a.terms.key - b.terms.key
}

function dispatchOf(pending: Pending, { orders }: QueueScope): Dispatch {
  const kind = sentAs(pending)
  const order = orders.get(pending.terms.key)
  const terms = kind === 'cancel' && order !== undefined ? order.terms : pending.terms
  return { ...terms, kind, sequence: pending.sequence }
}
