import { CodedError } from './errors.ts'
import type { CoreEvent } from './events.ts'
import type { Allowed, Intent } from './intents.ts'
import { commandKind } from './intents.ts'
import { orderNamespace } from './orders.ts'
import { freezePlainData, type PlainData } from './plain-data.ts'
import type { Random } from './random.ts'
import { RiskEngine } from './risk/risk-engine.ts'
import { NEVER, type StrategySlot, sessionChart } from './state/control-state.ts'
import type { State } from './state/state.ts'
import type { Denial, StepFailure } from './step-result.ts'
import type { Decision, StrategyInstance, TriggerReason } from './strategy.ts'
import type { Nanos } from './units.ts'
import type { StateView } from './view.ts'

/** What the strategies want; written to Control State when the step commits. */
export type SlotChange = {
  readonly strategy: number
  readonly memory: PlainData
  readonly wakeAt: Nanos
  readonly counter: number
}

export type Decided = {
  /** Whether any strategy was asked. */
  readonly asked: boolean
  readonly allowed: readonly Allowed[]
  readonly denials: readonly Denial[]
  readonly changes: readonly SlotChange[]
  /** The generator after what was drawn; null when nothing was. */
  readonly random: Random | null
  readonly failure: StepFailure | null
}

export const NOTHING_DECIDED: Decided = {
  asked: false,
  allowed: [],
  denials: [],
  changes: [],
  random: null,
  failure: null,
}

const NO_CHANGES: SlotChange[] = []
const NO_INTENTS: Intent[] = []

/**
 * Strategy evaluation and Risk. Strategies run in order of their namespaces; each Intent meets
 * Risk in emission order. A throw yields no Intents and no change of memory.
 */
export function decide(
  state: State,
  strategies: readonly StrategyInstance[],
  view: StateView,
  event: CoreEvent,
): Decided {
  let asked = false
  let changes: SlotChange[] = NO_CHANGES
  let intents: Intent[] = NO_INTENTS
  for (let index = 0; index < strategies.length; index++) {
    const slot = state.control.strategies[index]!
    const instance = strategies[index]!
    if (!slot.enabled || isQuiet(instance.strategy, slot, event, state.control.clock)) continue
    if (changes === NO_CHANGES) {
      changes = []
      intents = []
    }
    try {
      view.attach(index)
      const change = ask(instance, slot, view, event, index, isSilent(state), intents)
      if (change === null) continue
      asked ||= change.reason !== null
      changes.push(change)
    } catch (cause) {
      // What the strategies of this step drew is forgotten with what they wanted.
      view.takeRandom()
      return failedAt({ stage: 'strategy', strategy: index, cause })
    }
  }
  if (changes.length === 0) return NOTHING_DECIDED
  const random = view.takeRandom()
  if (intents.length === 0) return { ...NOTHING_DECIDED, asked, changes, random }
  return judge(state, intents, changes, random)
}

/** Once its feed has ended, a session's strategies fold Events and are asked no more. */
const isSilent = ({ control }: State): boolean =>
  control.session === sessionChart.state.draining || control.session === sessionChart.state.closed

const failedAt = (failure: StepFailure): Decided => ({ ...NOTHING_DECIDED, asked: true, failure })

/** Whether a strategy has nothing to fold, nothing to count and no wake-up: most steps of most. */
function isQuiet(
  { reduce, trigger }: StrategyInstance['strategy'],
  slot: StrategySlot,
  event: CoreEvent,
  clock: Nanos,
): boolean {
  return reduce === undefined && trigger === undefined && !isAwake(slot, event, clock)
}

/** Runs one strategy on one Event; null when it has nothing to fold and no reason to run. */
function ask(
  { strategy, params }: StrategyInstance,
  slot: StrategySlot,
  view: StateView,
  event: CoreEvent,
  index: number,
  silent: boolean,
  intents: Intent[],
): (SlotChange & { readonly reason: TriggerReason | null }) | null {
  const counts = strategy.trigger?.everyNth !== undefined
  const counter = counts && !silent ? slot.counter + 1 : slot.counter
  let { memory } = slot
  if (strategy.reduce !== undefined) {
    const folded = strategy.reduce(memory, event)
    if (folded !== memory) memory = freezePlainData(folded)
  }
  const reason = silent ? null : reasonToRun(strategy.trigger, slot, counter, view, event)
  if (reason === null) {
    if (!counts && memory === slot.memory) return null
    return { strategy: index, memory, wakeAt: slot.wakeAt, counter, reason }
  }
  const decision = strategy.decide(view, memory, reason, params)
  for (const intent of checkDecision(decision, view.now, index)) intents.push(intent)
  if (decision.memory !== undefined) memory = freezePlainData(decision.memory)
  const kept = reason === 'wakeUp' ? NEVER : slot.wakeAt
  const wakeAt = decision.wakeAt === null ? NEVER : (decision.wakeAt ?? kept)
  return { strategy: index, memory, wakeAt, counter, reason }
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
  if (trigger.events?.includes(event.type) === true) return 'event'
  if (trigger.everyNth !== undefined && counter % trigger.everyNth === 0) return 'everyNth'
  return trigger.when?.(view, event) === true ? 'condition' : null
}

/**
 * A wake-up is due when the clock has passed it, or has reached it with a Control-Time Event: so
 * at equal times the strategy sees all Execution and Market Events first.
 */
function isAwake({ wakeAt }: StrategySlot, event: CoreEvent, clock: Nanos): boolean {
  if (clock > wakeAt) return true
  const isLast = event.type === 'control.time' || event.type === 'control.sessionStarted'
  return clock === wakeAt && isLast
}

/** @throws ESC_STRATEGY_FAILED when the answer is not a decision. */
function checkDecision(decision: Decision, now: Nanos, strategy: number): readonly Intent[] {
  if (decision === null || typeof decision !== 'object') {
    throw failed('decision', String(decision), 'an object { intents?, memory?, wakeAt? }')
  }
  if ('then' in decision) throw failed('decision', 'a promise', 'a decision: decide is synchronous')
  const { intents = [], wakeAt } = decision
  if (!Array.isArray(intents)) throw failed('decision.intents', typeof intents, 'an array')
  if (typeof wakeAt === 'number' && !(Number.isSafeInteger(wakeAt) && wakeAt > now)) {
    throw failed('decision.wakeAt', String(wakeAt), `an integer time later than ${now}`)
  }
  if (wakeAt !== undefined && wakeAt !== null && typeof wakeAt !== 'number') {
    throw failed('decision.wakeAt', typeof wakeAt, 'a time in ns')
  }
  for (let i = 0; i < intents.length; i++) checkIntent(intents[i], i, strategy)
  return intents
}

const INTENT_TYPES: readonly string[] = ['intent.new', 'intent.replace', 'intent.cancel']

function checkIntent(intent: Intent, i: number, strategy: number): void {
  const at = `decision.intents[${i}]`
  if (intent === null || typeof intent !== 'object') throw failed(at, String(intent), 'an Intent')
  if (!INTENT_TYPES.includes(intent.type)) {
    throw failed(`${at}.type`, String(intent.type), INTENT_TYPES.join(', '))
  }
  if (!Number.isSafeInteger(intent.key) || intent.key < 0) {
    throw failed(`${at}.key`, String(intent.key), 'a key from view.newOrderKey()')
  }
  if (intent.type !== 'intent.new') return
  if (orderNamespace(intent.key) !== strategy) {
    throw failed(`${at}.key`, String(intent.key), 'a key from view.newOrderKey()')
  }
  if (intent.side !== 1 && intent.side !== -1) {
    throw failed(`${at}.side`, String(intent.side), '1 or -1')
  }
  if (intent.orderType !== 'limit' && intent.orderType !== 'market') {
    throw failed(`${at}.orderType`, String(intent.orderType), 'limit or market')
  }
  if (!['GTC', 'IOC', 'FOK', 'postOnly'].includes(intent.timeInForce)) {
    throw failed(`${at}.timeInForce`, String(intent.timeInForce), 'GTC, IOC, FOK or postOnly')
  }
}

function judge(
  state: State,
  intents: readonly Intent[],
  changes: readonly SlotChange[],
  random: Random | null,
): Decided {
  const allowed: Allowed[] = []
  const denials: Denial[] = []
  try {
    const risk = new RiskEngine(state)
    for (const intent of intents) {
      const verdict = risk.judge(intent)
      if ('allowed' in verdict) allowed.push(verdict.allowed)
      else denials.push({ key: intent.key, kind: commandKind(intent), reason: verdict.denied })
    }
  } catch (cause) {
    return failedAt({ stage: 'risk', strategy: -1, cause })
  }
  return { asked: true, allowed, denials, changes, random, failure: null }
}

function failed(field: string, found: string, needed: string): CodedError {
  return new CodedError('ESC_STRATEGY_FAILED', { field, found, needed })
}
