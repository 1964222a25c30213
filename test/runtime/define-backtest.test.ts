import { describe, expect, it } from 'vitest'
import { BTC, backtestOf, market } from '../kit/backtest.ts'

const rows = market(5, 1)

/** Facts of the refusal of a session that has wrong values no configuration file can hold. */
function refusal(session: object): unknown {
  try {
    backtestOf(rows, session)
  } catch (cause) {
    return cause
  }
  return null
}

describe('a program that passes what no file can hold is refused with the value it passed', () => {
  it.each([
    ['not a number', { seed: Number.NaN }, 'seed', 'NaN', 'a number'],
    ['endless', { seed: Number.POSITIVE_INFINITY }, 'seed', 'Infinity', 'a number'],
    ['a bigint', { seed: 5n }, 'seed', '5', 'a number'],
    ['a function', { risk: { currency: String } }, 'risk.currency', 'function', 'a text'],
    [
      'a number for a decimal',
      { instruments: { BTC: { ...BTC, rateLimits: { ordersPerSecond: 5 } } } },
      'instruments.BTC.rateLimits.ordersPerSecond',
      '5',
      'a plain decimal in quotes',
    ],
  ])('%s', (_claim, session, field, found, needed) => {
    expect(refusal(session)).toMatchObject({
      facts: {
        file: 'the session',
        field,
        found: expect.stringContaining(found),
        needed: expect.stringContaining(needed),
      },
    })
  })
})
