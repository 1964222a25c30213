import type { OrderFilled, OrderReport } from '@escapement/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exchangeDuel } from '../kit/naive-exchange/exchange-duel.ts'
import {
  type ExchangeSession,
  orderSessions,
  QUIRK_PROFILES,
} from '../kit/naive-exchange/exchange-session.ts'

const SESSIONS = Number(process.env.ESCAPEMENT_SESSIONS ?? 2_100)
const seed = Number(process.env.ESCAPEMENT_SEED ?? 20_261_124)
const profiles = Object.entries(QUIRK_PROFILES)
const numRuns = Math.ceil(SESSIONS / profiles.length)

/**
 * `ESCAPEMENT_SESSIONS=10000` plays more of them, `ESCAPEMENT_SEED` repeats a run; the message of
 * a difference shows both reports and those before.
 */
describe(`market by order: the simulated Venue and a naive one report the same (seed ${seed})`, () => {
  it.each(profiles)(
    '%s',
    (_, quirks) => {
      let fills = 0
      fc.assert(
        fc.property(orderSessions(quirks), (session) => {
          const reports = exchangeDuel(session)
          for (const fill of reports.filter(isFill)) {
            expect(fill.queueAfter).toBeGreaterThanOrEqual(0)
            fills++
          }
          if (!quirks.eachOrderGetsWholeTrade && !quirks.l3IgnoresSizes) conserves(session, reports)
        }),
        { seed, numRuns, includeErrorInReport: true },
      )
      expect(fills).toBeGreaterThan(numRuns)
    },
    60_000 + SESSIONS * 30,
  )
})

/** With partial fills our orders execute no more by one FILL than its size, in whole lots. */
function conserves({ instruments, feeds }: ExchangeSession, reports: readonly OrderReport[]): void {
  for (const [index, { partialFills, lotUnits, queue }] of instruments.entries()) {
    if (!partialFills || queue.model !== 'l3Fifo') continue
    const byRow = new Map<number, number>()
    for (const fill of reports.filter(isFill)) {
      if (fill.instrument !== index || fill.cause !== 'trade') continue
      byRow.set(fill.causeRow, (byRow.get(fill.causeRow) ?? 0) + fill.lastQty)
    }
    for (const [row, lots] of byRow) {
      expect(lots).toBeLessThanOrEqual(Math.round(feeds[index]![row - 1000]!.qty / lotUnits))
    }
  }
}

const isFill = (report: OrderReport): report is OrderFilled => report.type === 'order.filled'
