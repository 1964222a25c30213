/** Serialised State of several strategies and rates: what is kept, and which Configuration it fits. */
import {
  type CodedError,
  Core,
  type CoreConfiguration,
  orderKey,
  parseDecimal,
  State,
  type StrategyInstance,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { ExecutionState } from '../../core/state/execution-state.ts'
import { configuration, linear } from '../kit/configuration.ts'
import { Desk } from '../kit/core-desk.ts'
import { newOrder, puppetOf, replace } from '../kit/core-puppet.ts'

const SECOND = 1_000_000_000
const d = parseDecimal
const b = (counter: number): number => orderKey(1, counter)
const at = (instrument: number) => ({ instrument })
const orders = (limit: string) => ({ orders: d(limit) })
const parts = {
  instruments: [linear, { ...linear, symbol: 'TWO' }],
  namespaces: ['a', 'b'],
  ownRisk: [null, { maxPosition: d('0.02'), maxDrawdown: d('5') }],
  rateLimits: orders('2'),
  ownRates: [null, orders('1')],
}
const config = configuration(parts)
const puppets = (count = 2): StrategyInstance[] =>
  Array.from({ length: count }, (_, i) => puppetOf(i))

/** Work waits for both rates, both strategies hold something, and all own limits have changed. */
function middle(): Desk {
  const made = new Desk(config, puppets()).start()
  made.quote(999, 1001)
  made.quote(1999, 2001, 1)
  made.working(newOrder(1, 1, 900, 5))
  made.working(newOrder(b(1), 1, 900, 15, at(0)))
  made.fill(1, 5)
  made.fill(b(1), 4)
  made.say(
    newOrder(2, 1, 900, 1),
    newOrder(b(2), 1, 1900, 1, at(1)),
    newOrder(b(3), 1, 1900, 1, at(1)),
  )
  made.step({
    type: 'control.configurationChanged',
    time: 0,
    version: '2',
    changes: { ownRisk: [null, { maxPosition: d('0.015') }], ownRates: [null, orders('0.5')] },
  })
  return made
}
/** What follows is decided by own positions, own limits, own rates and own keys. */
function rest(made: Desk): unknown {
  made.say(newOrder(b(4), 1, 900, 1), newOrder(3, 1, 900, 1), replace(b(1), 901, 15))
  made.at(SECOND / 2).wake(SECOND / 2)
  made.wake(SECOND)
  made.say(newOrder(b(3), -1, 2100, 1, at(1)), newOrder(b(5), -1, 1100, 1))
  made.wake(5 * SECOND)
  return made.results.slice(-5)
}
const restored = (made: Desk, strategies = puppets()): Desk => {
  const state = State.restore(config, made.state.serialise())
  const copy = new Desk(config, [], new Core(config, strategies, state))
  return copy.at(made.now)
}

test('a session restored in the middle goes on as it would have, to the same bytes', () => {
  const made = middle()
  const copy = restored(made)
  expect(copy.state.digest()).toBe(made.state.digest())
  expect(copy.state.serialise()).toEqual(made.state.serialise())
  expect(rest(copy)).toEqual(rest(made))
  const last = made.results.slice(-5)
  expect(last.flatMap(({ denials }) => denials)).toMatchObject([
    { key: b(4), reason: 'MAX_POSITION', scope: 'strategy' },
  ])
  expect(last.flatMap(({ closures }) => closures)).toMatchObject([
    { key: b(3), reason: 'superseded' },
  ])
  const sent = last.map(({ dispatches }) => dispatches.map(({ key }) => key))
  expect(sent).toEqual([[], [b(1)], [2], [], [3, b(3), b(5)]])
  expect(copy.state.serialise()).toEqual(made.state.serialise())
})

const refusal = (field: string, found: string, needed: string) =>
  expect.objectContaining({
    code: 'ESC_STATE_RESTORE',
    facts: { field, found, needed },
  } satisfies Partial<CodedError>)

/** Configurations that the bytes were not made under. */
const OTHERS: readonly (readonly [
  string,
  Partial<typeof parts> | object,
  string,
  string,
  string,
])[] = [
  [
    'one strategy more',
    { namespaces: ['a', 'b', 'c'], ownRisk: [null, {}, null] },
    'changes.ownRisk',
    'a list of 2',
    'a list of 3',
  ],
  [
    'limits for the other strategy',
    { ownRisk: [{}, null] },
    'changes.ownRisk[0]',
    'null',
    'limits, which may be empty',
  ],
  [
    'a rate for the other instrument',
    { ownRates: [orders('1'), null] },
    'changes.ownRates[0]',
    'null',
    'limits, which may be empty',
  ],
  ['no limit on the shared rate', { rateLimits: {} }, 'rates[0].orders', 'a limit', 'no limit'],
  [
    'a limit on shared cancels',
    { rateLimits: { ...orders('2'), cancels: d('1') } },
    'rates[0].cancels',
    'no limit',
    'a limit',
  ],
]

describe('bytes are refused under a Configuration', () => {
  test.each(OTHERS)('with %s, naming what does not fit', (_, other, field, found, needed) => {
    const bytes = middle().state.serialise()
    expect(() => State.restore(configuration({ ...parts, ...other }), bytes)).toThrow(
      refusal(field, found, needed),
    )
    expect(State.restore(config, bytes).digest()).toBe(middle().state.digest())
  })

  const initial = (given: object): Uint8Array => {
    const made = configuration({ ...parts, ...given })
    return State.initial(
      made,
      made.namespaces.map(() => null),
    ).serialise()
  }

  test.each([
    ['one strategy more', { namespaces: ['a', 'b', 'c'] }, 'strategies', '2', '3'],
    ['one strategy fewer', { namespaces: ['a'] }, 'strategies', '2', '1'],
    ['one own rate more', { ownRates: [orders('2'), orders('1')] }, 'rates', '2', '3'],
    ['one own rate fewer', { ownRates: [null, null] }, 'rates', '2', '1'],
    [
      'a smaller rate than was saved up',
      { rateLimits: orders('1') },
      'rates[0].orders',
      '2000000000 tokens',
      'at most 1000000000',
    ],
  ])('with %s, of a session without changes too', (_, other, field, found, needed) => {
    const ownRisk = undefined
    const bytes = initial({ ownRisk })
    const asked = configuration({ ...parts, ...other, ...{ ownRisk } } as never)
    expect(() => State.restore(asked, bytes)).toThrow(refusal(field, found, needed))
  })

  test.each([
    ['too few portfolios', (whole: ExecutionState) => whole.own.slice(1), 'own portfolios', '1'],
    [
      'a portfolio without accounts',
      (whole: ExecutionState) => whole.own.map((own) => ({ ...own, accounts: [] })),
      'accounts of own portfolio 0',
      '0',
    ],
  ])('when they hold %s', (_, own, field, found) => {
    const { market, execution, control } = middle().state
    const broken = new ExecutionState({ ...execution, own: own(execution) })
    const bytes = new State(config as CoreConfiguration, {
      market,
      execution: broken,
      control,
    }).serialise()
    expect(() => State.restore(config, bytes)).toThrow(refusal(field, found, '2'))
  })
})

describe('a restored State', () => {
  test.each([1, 3])('is refused by a Core of %i strategies instead of 2', (count) => {
    expect(() => restored(middle(), puppets(count))).toThrow(
      refusal('strategies', '2', String(count)),
    )
  })

  test('is taken by a Core of as many', () => {
    expect(restored(middle()).state.control.strategies).toHaveLength(2)
  })
})
