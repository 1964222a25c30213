import type { OrderReport } from '@escapement/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dispatch } from '../actors/fill-simulator/probe.ts'
import { assertSameReports, exchangeDuel, latencyOf } from '../kit/naive-exchange/exchange-duel.ts'
import { exchangeSessions, QUIRK_PROFILES } from '../kit/naive-exchange/exchange-session.ts'
import { naiveExchange } from '../kit/naive-exchange/naive-exchange.ts'
import { SETTLED_EXCHANGES, type SettledExchange } from '../kit/naive-exchange/settled-exchanges.ts'

const SESSIONS = Number(process.env.ESCAPEMENT_SESSIONS ?? 2_800)
const seed = Number(process.env.ESCAPEMENT_SEED ?? 20_261_124)
const profiles = Object.entries(QUIRK_PROFILES)
const numRuns = Math.ceil(SESSIONS / profiles.length)

/**
 * `ESCAPEMENT_SESSIONS=10000` plays more of them, `ESCAPEMENT_SEED` repeats a run; the message of
 * a difference shows both reports and those before.
 */
describe(`the simulated Venue and a naive one report the same (seed ${seed})`, () => {
  it.each(profiles)(
    '%s',
    (_, quirks) => {
      let reports = 0
      fc.assert(
        fc.property(exchangeSessions(quirks), (session) => {
          reports += exchangeDuel(session).length
        }),
        { seed, numRuns, includeErrorInReport: true },
      )
      expect(reports).toBeGreaterThan(numRuns)
    },
    60_000 + SESSIONS * 30,
  )
})

/** Sessions in which the two once differed, each with the rule that both follow since. */
describe('settled', () => {
  it.each(SETTLED_EXCHANGES)('$rule', ({ session, ends }) => {
    expect(exchangeDuel(session).at(-1)).toMatchObject(ends)
  })
})

/** The duel must notice what it is for, and say where. */
describe('a venue that differs in one thing', () => {
  const [{ session }] = SETTLED_EXCHANGES as [SettledExchange]
  const asked = session.asked.map(({ time, terms }) => ({ time, request: dispatch(terms) }))
  const told = naiveExchange({ ...session, asked, latency: latencyOf(session) }).reports[0]!

  it.each(Object.keys(told.at(-1)!))('is noticed by %s', (field) => {
    const wrong = told.with(-1, { ...told.at(-1)!, [field]: 77 } as OrderReport)
    expect(() => assertSameReports(told, wrong, 0)).toThrow('instrument 0, report 2 differs')
  })

  it('is noticed by a report too few and one too many', () => {
    expect(() => assertSameReports(told, told.slice(0, -1), 0)).toThrow('report 2 differs')
    expect(() => assertSameReports(told.slice(0, -1), told, 0)).toThrow('report 2 differs')
    expect(() => assertSameReports(told, [...told], 0)).not.toThrow()
  })
})
