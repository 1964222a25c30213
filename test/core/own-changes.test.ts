/** Own limits and own rates that change in the middle of a session. */
import {
  type CodedError,
  type ConfigurationChanges,
  Core,
  orderKey,
  parseDecimal,
  type StepResult,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { configuration, inverse, linear } from '../kit/configuration.ts'
import { Desk, left } from '../kit/core-desk.ts'
import { newOrder, puppet, puppetOf } from '../kit/core-puppet.ts'

const SECOND = 1_000_000_000
const b = (counter: number): number => orderKey(1, counter)
const orders = (limit: string) => ({ orders: parseDecimal(limit) })
const at = (instrument: number) => ({ instrument })

/** Strategy `b` and instrument 1 have limits of their own; `a` and instrument 0 have none. */
const config = configuration({
  instruments: [linear, inverse],
  namespaces: ['a', 'b'],
  ownRisk: [null, { maxActiveQuotes: 2 }],
  rateLimits: orders('1'),
  ownRates: [null, orders('1')],
})
const desk = (): Desk => new Desk(config, [puppetOf(0), puppetOf(1)]).start()
const change = (made: Desk, changes: ConfigurationChanges): StepResult =>
  made.step({ type: 'control.configurationChanged', time: made.now, version: '2', changes })
const reasons = ({ denials }: StepResult): string[] =>
  denials.map(({ reason, scope }) => `${reason} ${scope}`)

describe('own limits', () => {
  test('hold from the position of the change on, and what is open stays', () => {
    const made = desk()
    made.say(newOrder(b(1), 1, 900, 1), newOrder(b(2), 1, 900, 1))
    const result = change(made, { ownRisk: [null, { maxActiveQuotes: 1 }] })
    expect([result.closures, result.denials]).toEqual([[], []])
    expect(made.state.execution.work.queue.size).toBe(1)
    expect(reasons(made.say(newOrder(b(3), 1, 900, 1)))).toEqual(['MAX_ACTIVE_QUOTES strategy'])
    change(made, { ownRisk: [null, {}] })
    expect(reasons(made.say(newOrder(b(3), 1, 900, 1)))).toEqual([])
  })

  test('stay as they are when only the limits of the account change', () => {
    const made = desk()
    change(made, { risk: { maxActiveQuotes: 3 } })
    const news = [1, 2, 3].map((counter) => newOrder(b(counter), 1, 900, 1))
    expect(reasons(made.say(...news))).toEqual(['MAX_ACTIVE_QUOTES strategy'])
    const others = [1, 2].map((counter) => newOrder(counter, 1, 900, 1))
    expect(reasons(made.say(...others))).toEqual(['MAX_ACTIVE_QUOTES account'])
  })

  test('measure a loss from the start of the session, though the limit came later', () => {
    const made = desk()
    made.quote(999, 1001)
    made.fill(b(1), 10, { lastPrice: 1000 })
    made.at(1).quote(989, 991)
    change(made, { ownRisk: [null, { maxDrawdown: parseDecimal('0.01') }] })
    const both = made.say(newOrder(1, 1, 900, 1), newOrder(b(2), 1, 900, 1))
    expect(reasons(both)).toEqual(['MAX_LOSS_DRAWDOWN strategy'])
  })
})

describe('own rates', () => {
  const waiting = (): Desk => {
    const made = desk()
    const news = (instrument: number) =>
      [1, 2, 3].map((i) => newOrder(10 * instrument + i, 1, 900, 1, at(instrument)))
    expect(left(made.say(...news(0), ...news(1)))).toEqual(['new 1', 'new 11'])
    return made
  }

  test('hold from the position of the change on, for their instrument alone', () => {
    const made = waiting()
    expect(left(change(made, { ownRates: [null, {}] }))).toEqual(['new 12', 'new 13'])
    expect(made.results.at(-1)!.obligation).toEqual({ due: SECOND, reason: 'rate' })
  })

  test('keep what was saved, and a limit that begins to hold starts full', () => {
    const made = waiting()
    made.at(SECOND / 2)
    const faster = change(made, { ownRates: [null, orders('5')] })
    expect(left(faster)).toEqual([])
    expect(faster.obligation).toEqual({ due: 0.6 * SECOND, reason: 'rate' })
    expect(left(made.wake(0.6 * SECOND))).toEqual(['new 12'])
    change(made, { ownRates: [null, {}] })
    change(made, { ownRates: [null, orders('2')] })
    const more = [21, 22, 23].map((counter) => newOrder(counter, 1, 900, 1, at(1)))
    expect(left(made.say(...more))).toEqual(['new 21', 'new 22'])
  })

  test('stay as they are when only the shared rate changes', () => {
    const made = waiting()
    expect(left(change(made, { rateLimits: {} }))).toEqual(['new 2', 'new 3'])
    expect(left(made.wake(SECOND))).toEqual(['new 12'])
  })
})

/** Changes of who has limits or a rate of his own, each beside what would do. */
const MISFITS: readonly (readonly [
  claim: string,
  wrong: ConfigurationChanges,
  field: string,
  found: string,
  needed: string,
  right: ConfigurationChanges,
])[] = [
  [
    'gives limits to a strategy that has none of its own',
    { ownRisk: [{ maxActiveQuotes: 1 }, {}] },
    'changes.ownRisk[0]',
    'limits',
    'null, as in the Configuration',
    { ownRisk: [null, {}] },
  ],
  [
    'takes its limits from a strategy',
    { ownRisk: [null, null] },
    'changes.ownRisk[1]',
    'null',
    'limits, which may be empty',
    { ownRisk: [null, { maxActiveQuotes: 9 }] },
  ],
  [
    'names too few strategies',
    { ownRisk: [null] },
    'changes.ownRisk',
    'a list of 1',
    'a list of 2',
    { ownRisk: [null, {}] },
  ],
  [
    'names too many strategies',
    { ownRisk: [null, {}, null] },
    'changes.ownRisk',
    'a list of 3',
    'a list of 2',
    { ownRisk: [null, {}] },
  ],
  [
    'gives a rate to an instrument that shares one',
    { ownRates: [{}, {}] },
    'changes.ownRates[0]',
    'limits',
    'null, as in the Configuration',
    { ownRates: [null, {}] },
  ],
  [
    'takes its rate from an instrument',
    { ownRates: [null, null] },
    'changes.ownRates[1]',
    'null',
    'limits, which may be empty',
    { ownRates: [null, orders('7')] },
  ],
  [
    'names no instrument',
    { ownRates: [] },
    'changes.ownRates',
    'a list of 0',
    'a list of 2',
    { ownRates: [null, {}] },
  ],
]

describe.each(MISFITS)('a change that %s', (_, wrong, field, found, needed, right) => {
  test('is refused at the boundary, naming the field, and changes nothing', () => {
    const made = desk()
    const before = made.state.serialise()
    const facts = { field: `position 1, ${field}`, found, needed }
    expect(() => change(made, wrong)).toThrow(
      expect.objectContaining({ code: 'ESC_EVENT_REFUSED', facts } satisfies Partial<CodedError>),
    )
    expect(made.state.serialise()).toEqual(before)
    expect(change(made, right)).toMatchObject({ position: 1 })
  })
})

test('without own limits in the Configuration a change may name only that there are none', () => {
  const made = new Desk({ namespaces: ['a', 'b'] }, [puppetOf(0), puppetOf(1)]).start()
  expect(() => change(made, { ownRisk: [null, {}] })).toThrow('changes.ownRisk[1]')
  expect(() => change(made, { ownRates: [{}] })).toThrow('changes.ownRates[0]')
  expect(change(made, { ownRisk: [null, null], ownRates: [null] })).toMatchObject({ position: 1 })
})

describe('the Configuration a State starts with', () => {
  test.each([
    ['ownRisk', { ownRisk: [null, null] }, 'one entry for each namespace, 1 in all'],
    ['ownRisk', { ownRisk: [] }, 'one entry for each namespace, 1 in all'],
    ['ownRates', { ownRates: [null, {}] }, 'one entry for each instrument, 1 in all'],
  ] as const)('with a list of %s that fits nobody is refused', (field, parts, needed) => {
    const found = `a list of ${Object.values(parts)[0]!.length}`
    expect(() => new Core({ ...configuration(), ...parts }, [puppet()])).toThrow(
      expect.objectContaining({ code: 'ESC_CONFIG_INVALID', facts: { field, found, needed } }),
    )
  })
})
