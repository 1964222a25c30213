import { CodedError } from './errors.ts'
import type { Intent } from './intents.ts'
import { TIMES_IN_FORCE } from './order-terms.ts'
import { orderNamespace } from './orders.ts'
import type { Decision } from './strategy.ts'
import type { Nanos } from './units.ts'

/**
 * The Intents of what a strategy answered, checked: nothing malformed reaches Risk, and nobody
 * commands the order of another.
 * @throws ESC_STRATEGY_FAILED naming field, value found and value needed
 */
export function checkDecision(decision: Decision, now: Nanos, strategy: number): readonly Intent[] {
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

function checkIntent(intent: Intent, i: number, strategy: number): void {
  if (intent === null || typeof intent !== 'object')
    throw failed(at(i), String(intent), 'an Intent')
  const { type, key } = intent
  if (type !== 'intent.new' && type !== 'intent.replace' && type !== 'intent.cancel') {
    throw failed(`${at(i)}.type`, String(type), 'intent.new, intent.replace, intent.cancel')
  }
  if (!Number.isSafeInteger(key) || key < 0) {
    throw failed(`${at(i)}.key`, String(key), 'a key from view.newOrderKey()')
  }
  if (orderNamespace(key) !== strategy) {
    throw failed(`${at(i)}.key`, String(key), "a key of the strategy's own namespace")
  }
  if (intent.type !== 'intent.new') return
  if (intent.side !== 1 && intent.side !== -1) {
    throw failed(`${at(i)}.side`, String(intent.side), '1 or -1')
  }
  if (intent.orderType !== 'limit' && intent.orderType !== 'market') {
    throw failed(`${at(i)}.orderType`, String(intent.orderType), 'limit or market')
  }
  if (!TIMES_IN_FORCE.includes(intent.timeInForce)) {
    throw failed(`${at(i)}.timeInForce`, String(intent.timeInForce), 'GTC, IOC, FOK or postOnly')
  }
}

const at = (i: number): string => `decision.intents[${i}]`

function failed(field: string, found: string, needed: string): CodedError {
  return new CodedError('ESC_STRATEGY_FAILED', { field, found, needed })
}
