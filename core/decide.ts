import { checkDecision } from './check-decision.ts'
import type { CoreEvent, EventType } from './events.ts'
import type { Allowed, Intent } from './intents.ts'
import { commandKind } from './intents.ts'
import { freezePlainData, type PlainData } from './plain-data.ts'
import type { Random } from './random.ts'
import { judgedAllowed, type RiskEngine } from './risk/risk-engine.ts'
import { NEVER, type StrategySlot, sessionChart } from './state/control-state.ts'
import type { State } from './state/state.ts'
import type { Denial, StepFailure } from './step-result.ts'
import type { Decision, StrategyInstance, TriggerReason } from './strategy.ts'
import type { Nanos } from './units.ts'
import type { StateView } from './view.ts'

/** A strategy with what it sees of State. */
export type Agent = { readonly instance: StrategyInstance; readonly view: StateView }

/** What a strategy wants; written to Control State when the step commits. */
export type SlotChange = {
  readonly strategy: number
  readonly memory: PlainData
  readonly wakeAt: Nanos
  readonly counter: number
  /** Its generator after what it drew; null when it drew nothing. */
  readonly random: Random | null
  /** Keys that it was handed, used or not. */
  readonly newKeys: number
}

export type Decided = {
  /** Whether any strategy was asked. */
  readonly asked: boolean
  readonly allowed: readonly Allowed[]
  readonly denials: readonly Denial[]
  readonly changes: readonly SlotChange[]
  /** Strategies that threw: what they wanted in this step is forgotten. */
  readonly failures: readonly StepFailure[]
  /** A throw of Risk itself; nothing of the step is decided then. */
  readonly failure: StepFailure | null
}

/** What has entries gets a list of its own; frozen, so that no step can write to what all share. */
const NONE = Object.freeze([]) as readonly never[] as never[]

const NOTHING_DECIDED: Decided = {
  asked: false,
  allowed: NONE,
  denials: NONE,
  changes: NONE,
  failures: NONE,
  failure: null,
}

/**
 * Strategy evaluation and Risk.
 *
 * Composition: strategies run in the order of their namespaces, all on the State of this Event, so
 * that none sees what another wants in the same step. Their Intents then meet Risk and admission in
 * that order, each seeing all earlier ones as working. What one throws takes back what that one
 * wanted, and nothing of the others.
 */
export function decide(
  state: State,
  agents: readonly Agent[],
  risk: RiskEngine,
  event: CoreEvent,
): Decided {
  let step: Evaluation | null = null
  for (let index = 0; index < agents.length; index++) {
    const slot = state.control.strategies[index]!
    const agent = agents[index]!
    if (!slot.enabled || isQuiet(agent, slot, event, state.control.clock)) continue
    step ??= new Evaluation(event, isSilent(state))
    step.ask(agent, slot, index)
  }
  if (step === null) return NOTHING_DECIDED
  const { asked, changes, failures, intents } = step
  if (intents.length === 0) {
    return { asked, allowed: NONE, denials: NONE, changes, failures, failure: null }
  }
  return judge(risk, intents, changes, failures)
}

/** Once its feed has ended, a session's strategies fold Events and are asked no more. */
const isSilent = ({ control }: State): boolean =>
  control.session === sessionChart.state.draining || control.session === sessionChart.state.closed

/** Whether a strategy has nothing to fold, nothing to count and no wake-up: most steps of most. */
function isQuiet({ instance }: Agent, slot: StrategySlot, event: CoreEvent, clock: Nanos): boolean {
  const { reduce, trigger } = instance.strategy
  return reduce === undefined && trigger === undefined && !isAwake(slot, event, clock)
}

/**
 * The last time up to which no Market Event makes a strategy fold, count or decide anything; -1 when
 * the next one may.
 */
export function strategiesQuietUntil({ control }: State, agents: readonly Agent[]): Nanos {
  let until = Number.POSITIVE_INFINITY
  for (let index = 0; index < agents.length; index++) {
    const { enabled, wakeAt } = control.strategies[index]!
    if (!enabled) continue
    const { reduce, trigger } = agents[index]!.instance.strategy
    if (reduce !== undefined || trigger !== undefined || control.clock > wakeAt) return -1
    if (wakeAt < until) until = wakeAt
  }
  return until
}

/** The strategies of one step, asked one after the other. */
class Evaluation {
  asked = false
  changes: readonly SlotChange[] = NONE
  intents: readonly Intent[] = NONE
  failures: readonly StepFailure[] = NONE
  readonly #event: CoreEvent
  readonly #silent: boolean

  constructor(event: CoreEvent, silent: boolean) {
    this.#event = event
    this.#silent = silent
  }

  ask(agent: Agent, slot: StrategySlot, index: number): void {
    try {
      agent.view.begin()
      this.#run(agent, slot, index)
    } catch (cause) {
      this.asked = true
      this.failures = [...this.failures, { stage: 'strategy', strategy: index, cause }]
    }
  }

  #run({ instance, view }: Agent, slot: StrategySlot, index: number): void {
    const { strategy, params } = instance
    const counts = strategy.trigger?.everyNth !== undefined
    const counter = counts && !this.#silent ? slot.counter + 1 : slot.counter
    let { memory } = slot
    if (strategy.reduce !== undefined) {
      const folded = strategy.reduce(memory, this.#event)
      if (folded !== memory) memory = freezePlainData(folded)
    }
    const reason = this.#silent
      ? null
      : reasonToRun(strategy.trigger, slot, counter, view, this.#event)
    let { wakeAt } = slot
    if (reason !== null) {
      const decision = strategy.decide(view, memory, reason, params)
      const intents = checkDecision(decision, view.now, index)
      if (decision.memory !== undefined) memory = freezePlainData(decision.memory)
      wakeAt = nextWakeUp(decision, reason, slot)
      this.asked = true
      this.intents = this.intents.length === 0 ? intents : [...this.intents, ...intents]
    } else if (!counts && memory === slot.memory) return
    // What the condition of a trigger took on its way to "no" is forgotten.
    else view.begin()
    const { drawn: random, newKeys } = view
    const change = { strategy: index, memory, wakeAt, counter, random, newKeys }
    // A list of one is as long as it says, one that grew has room for seventeen.
    this.changes = this.changes.length === 0 ? [change] : [...this.changes, change]
  }
}

/** An absent wake-up keeps one that was not reached; null takes it away. */
function nextWakeUp({ wakeAt }: Decision, reason: TriggerReason, slot: StrategySlot): Nanos {
  if (wakeAt === null) return NEVER
  return wakeAt ?? (reason === 'wakeUp' ? NEVER : slot.wakeAt)
}

function reasonToRun(
  trigger: StrategyInstance['strategy']['trigger'],
  slot: StrategySlot,
  counter: number,
  view: StateView,
  event: CoreEvent,
): TriggerReason | null {
  if (isAwake(slot, event, view.now)) return 'wakeUp'
  if (trigger === undefined) return null
  if (trigger.events !== undefined && names(trigger.events, event.type)) return 'event'
  if (trigger.everyNth !== undefined && counter % trigger.everyNth === 0) return 'everyNth'
  return trigger.when?.(view, event) === true ? 'condition' : null
}

/** A loop, because `includes` is a call and the lists are short. */
function names(types: readonly EventType[], type: EventType): boolean {
  for (let i = 0; i < types.length; i++) if (types[i] === type) return true
  return false
}

/**
 * A wake-up is due when the clock has passed it, or has reached it with a Control-Time Event: so
 * at equal times the strategy sees all Execution and Market Events first.
 */
function isAwake({ wakeAt }: StrategySlot, event: CoreEvent, clock: Nanos): boolean {
  if (clock !== wakeAt) return clock > wakeAt
  return event.type === 'control.time' || event.type === 'control.sessionStarted'
}

function judge(
  risk: RiskEngine,
  intents: readonly Intent[],
  changes: readonly SlotChange[],
  failures: readonly StepFailure[],
): Decided {
  let some: Allowed[] | null = null
  let denials: Denial[] = NONE
  try {
    risk.begin()
    for (let i = 0; i < intents.length; i++) {
      const intent = intents[i]!
      const verdict = risk.judge(intent)
      if ('allowed' in verdict) some?.push(verdict.allowed)
      else {
        const { denied: reason, scope } = verdict
        if (denials === NONE) denials = []
        denials.push({ key: intent.key, kind: commandKind(intent), reason, scope })
        some ??= [...judgedAllowed(intents, i)]
      }
    }
  } catch (cause) {
    const failure: StepFailure = { stage: 'risk', strategy: -1, cause }
    return { ...NOTHING_DECIDED, asked: true, failures, failure }
  }
  const allowed = some ?? judgedAllowed(intents)
  return { asked: true, allowed, denials, changes, failures, failure: null }
}
