/** The digest of a step changes with each part of its result, and with nothing else of it; an obligation's equality. */
import {
  type CoreEvent,
  Digest,
  digestStep,
  type Obligation,
  type StepResult,
  sameObligation,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { linear } from '../kit/configuration.ts'
import { Desk } from '../kit/core-desk.ts'
import { newOrder } from '../kit/core-puppet.ts'
import { bid, marketEvent } from '../kit/market.ts'

const { state } = (() => {
  const desk = new Desk({ instruments: [linear, { ...linear, symbol: 'LIN2' }] }).start()
  desk.quote(99, 101)
  desk.working(newOrder(1, 1, 90, 5))
  return desk
})()

const event: CoreEvent = { type: 'control.checkpoint', time: 5, label: '' }
const nothing: StepResult = {
  position: 7,
  decided: false,
  dispatches: [],
  denials: [],
  closures: [],
  anomalies: [],
  obligation: null,
  failures: [],
}
const digestOf = (parts: Partial<StepResult> = {}, of: CoreEvent = event) =>
  digestStep(state, of, { ...nothing, ...parts }).hex()

const { type: _, ...terms } = newOrder(2, 1, 91, 5)
const dispatch = { ...terms, kind: 'new', sequence: 3 } as const
const denial = { key: 2, kind: 'new', reason: 'NO_MID', scope: 'account' } as const
const closure = { key: 2, kind: 'new', reason: 'tradingDisabled' } as const
const anomaly = { type: 'control.anomaly', time: 5, kind: 'overfill', key: 2 } as const
const failure = { stage: 'strategy', strategy: 0, cause: null } as const
const results: Record<string, Partial<StepResult>> = {
  nothing: {},
  'that it decided': { decided: true },
  'that something failed': { failures: [failure] },
  'a wake-up': { obligation: { due: 9, reason: 'wakeUp' } },
  'a rate at the same time': { obligation: { due: 9, reason: 'rate' } },
  'a later rate': { obligation: { due: 10, reason: 'rate' } },
  'a dispatch': { dispatches: [dispatch] },
  'the same twice': { dispatches: [dispatch, dispatch] },
  'another kind of dispatch': { dispatches: [{ ...dispatch, kind: 'replace' } as never] },
  'another key of dispatch': { dispatches: [{ ...dispatch, key: 3 }] },
  'another price': { dispatches: [{ ...dispatch, price: 92 }] },
  'another quantity': { dispatches: [{ ...dispatch, qty: 6 }] },
  'another sequence': { dispatches: [{ ...dispatch, sequence: 4 }] },
  'a denial': { denials: [denial] },
  'a dispatch and a denial': { dispatches: [dispatch], denials: [denial] },
  'another key of denial': { denials: [{ ...denial, key: 3 }] },
  'another kind of denial': { denials: [{ ...denial, kind: 'replace' }] },
  'another reason of denial': { denials: [{ ...denial, reason: 'TRADING_DISABLED' }] },
  'another scope of denial': { denials: [{ ...denial, scope: 'strategy' as never }] },
  'a closure': { closures: [closure] },
  'a denial and a closure': { denials: [denial], closures: [closure] },
  'another key of closure': { closures: [{ ...closure, key: 3 }] },
  'another kind of closure': { closures: [{ ...closure, kind: 'replace' }] },
  'another reason of closure': { closures: [{ ...closure, reason: 'duplicateOrderKey' }] },
  'an anomaly': { anomalies: [anomaly] },
  'a closure and an anomaly': { closures: [closure], anomalies: [anomaly] },
  'another key of anomaly': { anomalies: [{ ...anomaly, key: 3 }] },
  'another kind of anomaly': { anomalies: [{ ...anomaly, kind: 'illegalReport' }] },
}

test('no two of these results have one digest', () => {
  const seen = new Map<string, string>()
  for (const [name, parts] of Object.entries(results)) {
    const digest = digestOf(parts)
    expect([name, seen.get(digest)]).toEqual([name, undefined])
    seen.set(digest, name)
  }
  expect(digestOf()).toBe(digestOf())
})

test('position, the number of failures and their causes do not show', () => {
  expect(digestOf({ position: 8 })).toBe(digestOf())
  expect(digestOf({ failures: [failure, { ...failure, cause: 1 }] })).toBe(
    digestOf({ failures: [failure] }),
  )
})

describe('of the State', () => {
  const control = () => digestOf()
  const market = (instrument = 0, type: 'market.updated' | 'market.snapshot' = 'market.updated') =>
    digestOf({}, { ...marketEvent(5, [bid(98, 1)], instrument), type })

  test('a Market Event shows its own instrument and no order or account', () => {
    const before = [market(0), market(0, 'market.snapshot'), market(1)]
    expect(new Set(before).size).toBe(3)
    state.market[0]!.book.set(1, 97, 5)
    state.execution.accounts[0]!.position++
    const after = [market(0), market(0, 'market.snapshot'), market(1)]
    expect(after.map((digest, i) => digest === before[i])).toEqual([false, false, true])
  })

  test.each<[string, () => void]>([
    ['an order', () => state.execution.orders.submit(terms, 5)],
    ['a position', () => void state.execution.accounts[1]!.position++],
    ['a fill', () => void state.execution.accounts[1]!.fills++],
    [
      'a request under way',
      () =>
        void state.execution.inflight.set(2, {
          key: 2,
          kind: 'new',
          time: 5,
          passed: null,
          asked: null,
        }),
    ],
    [
      'a command that waits',
      () =>
        state.execution.work.queue.put({
          ...dispatch,
          kind: 'new',
          sendAs: 'new',
          key: 9,
        } as never),
    ],
  ])('any other Event shows %s and no market', (_name, change) => {
    const before = control()
    state.market[0]!.book.set(1, 96, 5)
    expect(control()).toBe(before)
    change()
    expect(control()).not.toBe(before)
  })
})

test('each type of Event has a digest of its own', () => {
  const types = ['control.checkpoint', 'control.anomaly', 'control.signal', 'order.accepted']
  const digests = types.map((type) => digestOf({}, { ...event, type } as CoreEvent))
  expect(new Set(digests).size).toBe(types.length)
})

/**
 * Digests of steps are written down and compared with later runs: their words, in this order, are a
 * promise. Each case says what follows the Event, the orders, the requests and the accounts.
 */
describe('of a result the words are', () => {
  const ofState = () => {
    const { orders, inflight, work, accounts } = state.execution
    const digest = new Digest().u32(25).int(5).u32(orders.digestLow).u32(orders.digestHigh)
    digest.u32(inflight.size).u32(work.queue.size)
    for (const account of accounts) digest.int(account.position).u32(account.fills)
    return digest
  }
  test.each<[string, Partial<StepResult>, (digest: Digest) => void]>([
    ['two zeroes of nothing', {}, (digest) => digest.u32(0).u32(0)],
    [
      '1 and the time of a rate obligation',
      { obligation: { due: 9, reason: 'rate' } },
      (digest) => digest.u32(1).int(9).u32(0),
    ],
    [
      '2 and the time of a wake-up',
      { obligation: { due: 9, reason: 'wakeUp' } },
      (digest) => digest.u32(2).int(9).u32(0),
    ],
    ['a flag of 1 of a failure', { failures: [failure] }, (digest) => digest.u32(0).u32(1)],
    ['a flag of 2 of a decision', { decided: true }, (digest) => digest.u32(0).u32(2)],
    [
      'a flag of 4 of work, and its four lists behind their lengths',
      { dispatches: [dispatch], denials: [denial], closures: [closure], anomalies: [anomaly] },
      (digest) => {
        digest.u32(0).u32(4)
        digest.u32(1).text('new').int(2).u32(91).int(5).int(3)
        digest.u32(1).int(2).text('new').text('NO_MID').text('account')
        digest.u32(1).int(2).text('new').text('tradingDisabled')
        digest.u32(1).int(2).text('overfill')
      },
    ],
  ])('%s', (_name, result, words) => {
    const digest = ofState()
    words(digest)
    expect(digestOf(result)).toBe(digest.hex())
  })

  test('the same sixteen digits as ever on a State before its first Event', () => {
    const fresh = new Desk().state
    const of = (parts: Partial<StepResult>) =>
      digestStep(fresh, event, { ...nothing, ...parts }).hex()
    expect([{}, { decided: true, failures: [failure] }, { denials: [denial] }].map(of)).toEqual([
      '83ff4e0a3ee36c2a',
      '144befd08bc2fbd7',
      '042f2d625cd9b2c7',
    ])
  })
})

describe('two obligations', () => {
  const rate: Obligation = { due: 9, reason: 'rate' }
  test.each<[string, Obligation | null, Obligation | null, boolean]>([
    ['the same when there is none', null, null, true],
    ['different when one is none', rate, null, false],
    ['different when the other is none', null, rate, false],
    ['the same with one time and one reason', rate, { ...rate }, true],
    ['different at another time', rate, { ...rate, due: 10 }, false],
    ['different for another reason', rate, { ...rate, reason: 'wakeUp' }, false],
  ])('are %s', (_name, a, b, expected) => {
    expect(sameObligation(a, b)).toBe(expected)
  })
})
