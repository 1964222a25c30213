import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Duel } from '../kit/naive-core/duel.ts'
import { playBoth } from '../kit/naive-core/play.ts'
import { PROFILE_NAMES, sessionsOf } from '../kit/naive-core/session.ts'
import { SETTLED_SESSIONS } from '../kit/naive-core/settled-sessions.ts'

const SESSIONS = Number(process.env.ESCAPEMENT_SESSIONS ?? 1_040)
const seed = Number(process.env.ESCAPEMENT_SEED ?? 20_261_124)
const numRuns = Math.ceil(SESSIONS / PROFILE_NAMES.length)

/**
 * `ESCAPEMENT_SESSIONS=10000` plays more of them, `ESCAPEMENT_SEED` repeats a run; the message of
 * a difference shows both answers and the Events before it.
 */
describe(`the Core and a naive one agree at every position (seed ${seed})`, () => {
  it.each(PROFILE_NAMES)(
    '%s',
    (profile) => {
      let dispatches = 0
      fc.assert(
        fc.property(sessionsOf(profile, 150), (session) => {
          dispatches += playBoth(session).dispatches
        }),
        { seed, numRuns, includeErrorInReport: true },
      )
      expect(dispatches).toBeGreaterThan(0)
    },
    60_000 + SESSIONS * 30,
  )
})

/** Sessions in which the two once differed, each with the rule that the Core follows since. */
describe('settled', () => {
  it.each(SETTLED_SESSIONS)('$rule', ({ configuration, script, events }) => {
    const duel = new Duel(configuration, [script])
    for (const event of events) duel.feed(event)
    expect(duel.refused).toBe(0)
  })
})
