import {
  type Anomaly,
  type Closure,
  type CommandKind,
  type CoreEvent,
  type Denial,
  type Intent,
  type Obligation,
  orderCounter,
  orderNamespace,
  type StepFailure,
  type StepResult,
  type TriggerReason,
} from '@escapement/core'
import { lossesOf } from './naive-equity.ts'
import { admit, processQueue, type StepKeys } from './naive-queue.ts'
import { denialOf, type RiskScope } from './naive-risk.ts'
import { NaiveState } from './naive-state.ts'
import { NaiveView } from './naive-view.ts'

/**
 * The Core once more, from the specification and without its source: lists, maps and exact
 * fractions, everything worked out again at each step. Slow on purpose; it is there to disagree.
 */
export class NaiveCore extends NaiveState {
  /** What the strategies said in the last step. */
  intents: readonly Intent[] = []

  step(position: number, event: CoreEvent): StepResult {
    if (position !== this.nextPosition) throw new Error(`position ${position} is not the next`)
    this.nextPosition += 1
    const anomalies: Anomaly[] = []
    const closures: Closure[] = []
    this.reduce(event, anomalies, closures)
    const denials: Denial[] = []
    const intents: Intent[] = []
    this.intents = intents
    const failures: StepFailure[] = []
    const decided = this.#decide(event, intents, failures)
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
      failures,
    }
  }

  /**
   * In the order of namespaces, all before any Intent is judged. Who throws, or commands the order
   * of another, has wanted nothing: memory, counts, keys and chance are as before.
   */
  #decide(event: CoreEvent, intents: Intent[], failures: StepFailure[]): boolean {
    let decided = false
    for (const [index, mine] of this.strategies.entries()) {
      if (!mine.enabled) continue
      const before = { ...mine }
      try {
        const wanted = this.#ask(index, event)
        if (wanted !== null) decided = true
        intents.push(...(wanted ?? []))
      } catch (cause) {
        decided = true
        Object.assign(mine, before)
        failures.push({ stage: 'strategy', strategy: index, cause })
      }
    }
    return decided
  }

  /** Null when there was no reason to ask. */
  #ask(index: number, event: CoreEvent): readonly Intent[] | null {
    const mine = this.strategies[index]!
    const { strategy, params } = this.instances[index]!
    if (!this.#isSilent()) mine.heard += 1
    if (strategy.reduce !== undefined) mine.memory = strategy.reduce(mine.memory, event)
    const view = new NaiveView(this, index)
    const reason = this.#isSilent() ? null : this.#reason(index, event, view)
    if (reason === null) return null
    const decision = strategy.decide(view.asView(), mine.memory, reason, params)
    const intents = decision.intents ?? []
    if (intents.some(({ key }) => orderNamespace(key) !== index)) {
      throw new Error('a strategy commands keys of its own namespace')
    }
    if (reason === 'wakeUp') mine.wakeAt = null
    if (decision.memory !== undefined) mine.memory = decision.memory
    if (decision.wakeAt !== undefined) mine.wakeAt = decision.wakeAt
    Object.assign(mine, { draws: view.draws, handed: view.handed })
    return intents
  }

  /** D-007: once the session drains, strategies speak no more. */
  #isSilent(): boolean {
    return this.session === 'draining' || this.session === 'closed'
  }

  #reason(index: number, event: CoreEvent, view: NaiveView): TriggerReason | null {
    const { wakeAt, heard } = this.strategies[index]!
    const trigger = this.instances[index]!.strategy.trigger ?? {}
    const isTimer = event.type === 'control.time' || event.type === 'control.sessionStarted'
    if (wakeAt !== null && (wakeAt < this.clock || (wakeAt === this.clock && isTimer))) {
      return 'wakeUp'
    }
    if (trigger.events?.includes(event.type)) return 'event'
    if (trigger.everyNth !== undefined && heard % trigger.everyNth === 0) return 'everyNth'
    return trigger.when?.(view.asView(), event) ? 'condition' : null
  }

  /** Through Risk and admission one by one, so that each sees what those before it left. */
  #judgeAll(intents: readonly Intent[], denials: Denial[], closures: Closure[]): void {
    const step: StepKeys = { used: new Set(), withdrawn: new Set() }
    for (const intent of intents) {
      const denied = denialOf(intent, this.#riskScope())
      if (denied !== null) {
        const kind = intent.type.slice('intent.'.length) as CommandKind
        denials.push({ key: intent.key, kind, ...denied })
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
    const { risk, ownRisk, tradingEnabled, books, queue, execution } = this
    const account = {
      risk,
      accounts: execution.accounts,
      losses: lossesOf(this.samples),
      counts: () => true,
    }
    const own = ownRisk.map((limits, index) =>
      limits === null
        ? null
        : {
            risk: limits,
            accounts: execution.own[index]!,
            losses: lossesOf(this.ownSamples[index]!),
            counts: (key: number) => orderNamespace(key) === index,
          },
    )
    return { ...this.queueScope(), tradingEnabled, books, queue, account, own }
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
