import { test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import type { Actor } from '../../actors/actor.ts'
import type { VenuePorts } from '../../runtime/environment.ts'
import { clauses } from './venue/clauses.ts'
import { playVenue, venueScript } from './venue/venue-play.ts'

/**
 * The contract of a source of execution feedback, as tests: call it in the tests of a Venue's
 * adapter with a function that makes a fresh Venue of one instrument, price and quantity counted
 * in ticks and lots. Random rows and requests; a failure prints the seed and the smallest script.
 */
export function venueContract(
  name: string,
  makeVenue: () => Actor<VenuePorts>,
  numRuns = 30,
): void {
  describe(`X2 ${name}`, () => {
    for (const [claim, clause] of Object.entries(clauses)) {
      test.prop([venueScript], { numRuns })(claim, (script) => {
        const play = () => playVenue(makeVenue(), script)
        expect(clause(play(), play)).toBeNull()
      })
    }
  })
}
