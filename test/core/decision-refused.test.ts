/** Decisions that are refused: which field, what was found, and what is needed instead. */
import { CodedError, type Decision, orderKey } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { checkDecision } from '../../core/check-decision.ts'
import { cancel, newOrder, replace } from '../kit/core-puppet.ts'

const NOW = 5
const check = (decision: unknown, strategy = 0) =>
  checkDecision(decision as Decision, NOW, strategy)

function refusal(decision: unknown, strategy = 0): unknown {
  try {
    check(decision, strategy)
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError)
    const { code, facts } = error as CodedError
    return [code, facts.field, facts.found, facts.needed]
  }
  return 'none'
}

const order = newOrder(1, 1, 100, 1)
const object = 'an object { intents?, memory?, wakeAt? }'
const types = 'intent.new, intent.replace, intent.cancel'
const handed = 'a key from view.newOrderKey()'
const cases: readonly (readonly [unknown, string, string, string])[] = [
  [null, 'decision', 'null', object],
  [undefined, 'decision', 'undefined', object],
  [5, 'decision', '5', object],
  [Promise.resolve({}), 'decision', 'a promise', 'a decision: decide is synchronous'],
  [{ intents: {} }, 'decision.intents', 'object', 'an array'],
  [{ wakeAt: 5 }, 'decision.wakeAt', '5', 'an integer time later than 5'],
  [{ wakeAt: 6.5 }, 'decision.wakeAt', '6.5', 'an integer time later than 5'],
  [{ wakeAt: 'soon' }, 'decision.wakeAt', 'string', 'a time in ns'],
  [{ intents: [null] }, 'decision.intents[0]', 'null', 'an Intent'],
  [{ intents: [order, 7] }, 'decision.intents[1]', '7', 'an Intent'],
  [{ intents: [{ ...order, type: 'x' }] }, 'decision.intents[0].type', 'x', types],
  [{ intents: [{ ...order, key: 0.5 }] }, 'decision.intents[0].key', '0.5', handed],
  [{ intents: [{ ...order, key: -1 }] }, 'decision.intents[0].key', '-1', handed],
  [
    { intents: [order, { ...cancel(1), key: orderKey(1, 1) }] },
    'decision.intents[1].key',
    String(orderKey(1, 1)),
    "a key of the strategy's own namespace",
  ],
  [{ intents: [{ ...order, side: 0 }] }, 'decision.intents[0].side', '0', '1 or -1'],
  [
    { intents: [{ ...order, orderType: 'stop' }] },
    'decision.intents[0].orderType',
    'stop',
    'limit or market',
  ],
  [
    { intents: [{ ...order, timeInForce: 'DAY' }] },
    'decision.intents[0].timeInForce',
    'DAY',
    'GTC, IOC, FOK or postOnly',
  ],
]

describe('a decision is refused by name', () => {
  test.each(cases)('%j: %s', (decision, field, found, needed) => {
    expect(refusal(decision)).toEqual(['ESC_STRATEGY_FAILED', field, found, needed])
  })
})

describe('a decision is accepted', () => {
  test.each<[string, Decision, number]>([
    ['that says nothing', {}, 0],
    ['with the next instant as wake-up', { wakeAt: NOW + 1 }, 0],
    ['that takes its wake-up back', { wakeAt: null }, 0],
    ['with the lowest key there is', { intents: [{ ...order, key: 0 }] }, 1],
    ['with a market order', { intents: [newOrder(1, -1, 0, 1, { orderType: 'market' })] }, 1],
    ['with every kind of Intent', { intents: [order, replace(1, 2, 3), cancel(1)] }, 3],
  ])('%s', (_, decision, count) => {
    expect(check(decision)).toHaveLength(count)
  })
})
