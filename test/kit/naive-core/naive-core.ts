import {
  type Anomaly,
  type Closure,
  type CommandKind,
  type CoreEvent,
  type Denial,
  type Dispatch,
  type Intent,
  type Obligation,
  orderCounter,
  orderNamespace,
  type TriggerReason,
} from '@escapement/core'
import { lossesOf } from './naive-equity.ts'
import { admit, processQueue, type StepKeys } from './naive-queue.ts'
import { denialOf, type RiskScope } from './naive-risk.ts'
import { NaiveState } from './naive-state.ts'

export type NaiveResult = {
  readonly position: number
  readonly decided: boolean
  readonly dispatches: readonly Dispatch[]
  readonly denials: readonly Denial[]
  readonly closures: readonly Closure[]
  readonly anomalies: readonly Anomaly[]
  readonly obligation: Obligation | null
}

/**
 * The Core once more, from the specification and without its source: lists, maps and exact
 * fractions, everything worked out again at each step. Slow on purpose; it is there to disagree.
 */
export class NaiveCore extends NaiveState {
  /** What the strategies said in the last step. */
  intents: readonly Intent[] = []

  step(position: number, event: CoreEvent): NaiveResult {
    if (position !== this.nextPosition) throw new Error(`position ${position} is not the next`)
    this.nextPosition += 1
    const anomalies: Anomaly[] = []
    const closures: Closure[] = []
    this.reduce(event, anomalies, closures)
    const denials: Denial[] = []
    const intents: Intent[] = []
    this.intents = intents
    const decided = this.#decide(event, intents)
    this.#judgeAll(intents, denials, closures)
    const processed = processQueue(this.queue, this.queueScope())
    this.queue = processed.queue
    for (const { sequence: _, kind, ...terms } of processed.dispatches) {
      const busy = this.inflight.get(terms.key) ?? []
      this.inflight.set(terms.key, [...busy, { kind, terms }])
    }
    return {
      position,
      decided,
      dispatches: processed.dispatches,
      denials,
      closures: [...closures, ...processed.closures],
      anomalies,
      obligation: this.#obligation(processed.rateDue),
    }
  }

  #decide(event: CoreEvent, intents: Intent[]): boolean {
    let decided = false
    for (const [index, mine] of this.strategies.entries()) {
      const { strategy, params } = this.instances[index]!
      if (!mine.enabled) continue
      if (!this.#isSilent()) mine.heard += 1
      if (strategy.reduce !== undefined) mine.memory = strategy.reduce(mine.memory, event)
      const reason = this.#isSilent() ? null : this.#reason(index, event)
      if (reason === null) continue
      decided = true
      // The strategies of this comparison read no view: both Cores must tell them the same in Events.
      const decision = strategy.decide(undefined as never, mine.memory, reason, params)
      if (reason === 'wakeUp') mine.wakeAt = null
      if (decision.memory !== undefined) mine.memory = decision.memory
      if (decision.wakeAt !== undefined) mine.wakeAt = decision.wakeAt
      intents.push(...(decision.intents ?? []))
    }
    return decided
  }

  /** D-007: once the session drains, strategies speak no more. */
  #isSilent(): boolean {
    return this.session === 'draining' || this.session === 'closed'
  }

  #reason(index: number, event: CoreEvent): TriggerReason | null {
    const { wakeAt, heard } = this.strategies[index]!
    const trigger = this.instances[index]!.strategy.trigger ?? {}
    const isTimer = event.type === 'control.time' || event.type === 'control.sessionStarted'
    if (wakeAt !== null && (wakeAt < this.clock || (wakeAt === this.clock && isTimer))) {
      return 'wakeUp'
    }
    if (trigger.events?.includes(event.type)) return 'event'
    if (trigger.everyNth !== undefined && heard % trigger.everyNth === 0) return 'everyNth'
    return trigger.when?.(undefined as never, event) ? 'condition' : null
  }

  /** Through Risk and admission one by one, so that each sees what those before it left. */
  #judgeAll(intents: readonly Intent[], denials: Denial[], closures: Closure[]): void {
    const step: StepKeys = { used: new Set(), withdrawn: new Set() }
    for (const intent of intents) {
      const reason = denialOf(intent, this.#riskScope())
      if (reason !== null) {
        const kind = intent.type.slice('intent.'.length) as CommandKind
        denials.push({ key: intent.key, kind, reason, scope: 'account' })
      } else this.#admit(intent, step, closures)
    }
    for (const key of step.used) {
      const namespace = orderNamespace(key)
      this.used[namespace] = Math.max(this.used[namespace] ?? 0, orderCounter(key))
    }
  }

  #admit(intent: Intent, step: StepKeys, closures: Closure[]): void {
    const admitted = admit(this.queue, intent, this.nextSequence, this.queueScope(), step)
    this.nextSequence += 1
    this.queue = admitted.queue
    closures.push(...admitted.closures)
  }

  #riskScope(): RiskScope {
    const { risk, tradingEnabled, books, queue } = this
    const losses = lossesOf(this.samples)
    const { accounts } = this.execution
    return { ...this.queueScope(), risk, tradingEnabled, accounts, books, queue, losses }
  }

  #obligation(rateDue: number | null): Obligation | null {
    const wakeUps = this.strategies.flatMap(({ wakeAt }) => (wakeAt === null ? [] : [wakeAt]))
    const wakeAt = wakeUps.length === 0 ? null : Math.min(...wakeUps)
    // No document says which reason to name at equal times; a wake-up says more, for it asks.
    if (rateDue !== null && (wakeAt === null || rateDue < wakeAt)) {
      return { due: rateDue, reason: 'rate' }
    }
    return wakeAt === null ? null : { due: wakeAt, reason: 'wakeUp' }
  }
}
