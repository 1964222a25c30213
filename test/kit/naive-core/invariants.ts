import type { CommandKind, CoreEvent, OrderKey, StepResult } from '@escapement/core'
import type { NaiveCore } from './naive-core.ts'

/**
 * Rules that hold whatever the two Cores agree on, checked from Events and results alone where that
 * is possible: EC4, EC5, R1, R3, L4, CT1.
 */
export class Invariants {
  readonly #core: NaiveCore
  readonly #outstanding = new Map<OrderKey, Set<CommandKind>>()
  /** Allowed Intents of a key that neither closed nor left. */
  readonly #allowed = new Map<OrderKey, number>()
  readonly #sequences = new Set<number>()
  #orders = '[]'

  constructor(core: NaiveCore) {
    this.#core = core
  }

  check(event: CoreEvent, result: StepResult): void {
    this.#onlyReportsChangeOrders(event)
    this.#answered(event)
    this.#oneRequestPerKey(result)
    this.#everyIntentIsAccountedFor(result)
    this.#onePendingPerKey()
    this.#obligationIsJustified(result)
  }

  /** L4. */
  #onlyReportsChangeOrders(event: CoreEvent): void {
    const orders = JSON.stringify([...this.#core.execution.orders])
    const mayChange = event.type.startsWith('order.')
    if (!mayChange && orders !== this.#orders) fail('L4', `${event.type} changed an Order`)
    this.#orders = orders
  }

  /** R1, R3: each Intent is denied, closed, sent or waits; nothing is sent that was not allowed. */
  #everyIntentIsAccountedFor({ denials, closures, dispatches }: StepResult): void {
    const { intents, queue } = this.#core
    const add = (key: OrderKey, change: number): void => {
      this.#allowed.set(key, (this.#allowed.get(key) ?? 0) + change)
    }
    for (const { key } of intents) add(key, 1)
    for (const { key } of [...denials, ...closures, ...dispatches]) add(key, -1)
    const waiting = new Set(queue.map(({ terms }) => terms.key))
    for (const [key, count] of this.#allowed) {
      if (count !== (waiting.has(key) ? 1 : 0)) fail('R1', `${count} Intents of ${key} are open`)
      if (count === 0) this.#allowed.delete(key)
    }
  }

  /** EC5, from the requests and reports themselves. */
  #oneRequestPerKey({ dispatches }: StepResult): void {
    const passes = this.#core.configuration.control.cancelsPassInflight
    for (const { key, kind, sequence } of dispatches) {
      if (this.#sequences.has(sequence)) fail('sequence', `${sequence} left twice`)
      this.#sequences.add(sequence)
      const busy = this.#outstanding.get(key) ?? new Set()
      const mayPass = passes && kind === 'cancel' && !busy.has('cancel')
      if (busy.size > 0 && !mayPass) fail('EC5', `${kind} of ${key} left while ${[...busy]}`)
      this.#outstanding.set(key, busy.add(kind))
    }
  }

  #answered(event: CoreEvent): void {
    if (!('key' in event) || event.type === 'control.anomaly') return
    const busy = this.#outstanding.get(event.key)
    if (busy === undefined) return
    for (const kind of ENDS[event.type] ?? []) busy.delete(kind)
    if (event.type === 'dispatch.failed') busy.delete(event.kind)
    const status = this.#core.execution.orders.get(event.key)?.status
    if (status === undefined || ENDED.has(status)) {
      if (event.type.startsWith('order.')) busy.clear()
    }
  }

  /** EC4. */
  #onePendingPerKey(): void {
    const keys = this.#core.queue.map(({ terms }) => terms.key)
    if (new Set(keys).size !== keys.length) fail('EC4', `two commands wait for one key: ${keys}`)
  }

  /** CT1, CT8. */
  #obligationIsJustified({ obligation, failures }: StepResult): void {
    // Who fails at a wake-up still has it, until the Event that disables it.
    if (obligation === null || failures.length > 0) return
    const { queue, clock } = this.#core
    if (obligation.due < clock) fail('CT8', `due ${obligation.due} before ${clock}`)
    if (obligation.reason !== 'rate') return
    if (queue.length === 0) fail('CT1', 'rate recovery of an empty queue')
    if (obligation.due === clock) fail('CT8', `rate due now: ${clock}`)
  }
}

const ENDED = new Set(['filled', 'canceled', 'expired', 'rejected'])
const ENDS: Partial<Readonly<Record<CoreEvent['type'], readonly CommandKind[]>>> = {
  'order.accepted': ['new'],
  'order.filled': ['new'],
  'order.replaced': ['replace'],
  'order.replaceRejected': ['replace'],
  'order.cancelRejected': ['cancel'],
}

function fail(rule: string, what: string): never {
  throw new Error(`${rule}: ${what}`)
}
