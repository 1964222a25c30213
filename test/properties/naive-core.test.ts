import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Duel } from '../kit/naive-core/duel.ts'
import { KNOWN_DIFFERENCES, type KnownDifference } from '../kit/naive-core/known-differences.ts'
import { playBoth } from '../kit/naive-core/play.ts'
import { KNOWN_QUIRKS, type Quirk } from '../kit/naive-core/quirks.ts'
import { PROFILE_NAMES, sessionsOf } from '../kit/naive-core/session.ts'

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

/**
 * Where the naive Core reads the documents otherwise. Without the quirk each of these fails; when
 * the Core changes, the test says so, and the quirk and its session go.
 */
describe('known differences', () => {
  const play = (difference: KnownDifference, quirks: ReadonlySet<Quirk>): void => {
    const duel = new Duel(difference.configuration, [difference.script], quirks)
    for (const event of difference.events) duel.feed(event)
    expect(duel.refused).toBe(0)
  }

  it('are all of them', () => {
    expect(KNOWN_DIFFERENCES.map(({ quirk }) => quirk).sort()).toEqual([...KNOWN_QUIRKS].sort())
  })

  it.each(KNOWN_DIFFERENCES)('$quirk explains its session', (difference) => {
    play(difference, KNOWN_QUIRKS)
  })

  for (const difference of KNOWN_DIFFERENCES) {
    it.fails(`${difference.quirk}: ${difference.rule}`, () => {
      play(difference, new Set([...KNOWN_QUIRKS].filter((quirk) => quirk !== difference.quirk)))
    })
  }
})
