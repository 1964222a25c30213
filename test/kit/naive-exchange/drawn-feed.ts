import { BUY, RowKind, SELL, type Side, WHOLE_SIDE } from '@escapement/core'
import fc from 'fast-check'
import type { Row } from '../../actors/fill-simulator/probe.ts'

/** The feed's middle starts between these two prices. */
export const [BID, ASK] = [200, 201]
export const side = fc.constantFrom<Side>(BUY, SELL)
/** How far a quote of a side stands behind the middle; below 0 it crosses. */
const wild = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 5 }) },
  { weight: 2, arbitrary: fc.integer({ min: -4, max: 0 }) },
  { weight: 1, arbitrary: fc.constantFrom(90, 99, 100, 101, 102) },
)
/** Two levels a side, so that queues are long and orders wait in them. */
const calm = fc.constantFrom(0, 0, 0, 1)
export const behindIn = (isCalm: boolean): fc.Arbitrary<number> => (isCalm ? calm : wild)

const kind = fc.oneof(
  { weight: 16, arbitrary: fc.constant(RowKind.DEPTH) },
  { weight: 2, arbitrary: fc.constant(RowKind.SNAPSHOT) },
  { weight: 10, arbitrary: fc.constant(RowKind.TRADE) },
  { weight: 2, arbitrary: fc.constant(RowKind.CLEAR) },
)
const row = (isCalm: boolean) =>
  fc.record({
    step: fc.constantFrom(0, 0, 1, 2, 3, 9),
    kind,
    side,
    nobody: fc.nat(40).map((n) => n === 40),
    behind: behindIn(isCalm),
    drift: isCalm ? fc.constant(0) : fc.integer({ min: -12, max: 12 }),
    qty: fc.nat(9),
    /** How much larger displayed sizes are than those of trades. */
    scale: fc.constant(isCalm ? 4 : 1),
    fraction: fc.constantFrom(0, 0, 1, 4, 5, 6, 9),
    whole: fc.boolean(),
  })
type Drawn = ReturnType<typeof row> extends fc.Arbitrary<infer T> ? T : never

/** Feeds of at most `size` rows; the units of a lot are known later only. */
export const drawnFeeds = (
  isCalm: boolean,
  size: number,
): fc.Arbitrary<(lotUnits: number) => Row[]> =>
  fc
    .array(row(isCalm), { minLength: 1, maxLength: size, size: 'max' })
    .map((drawn) => (lotUnits) => feedOf(drawn, lotUnits))

/** The middle wanders, so that quotes of one side meet those of the other now and then. */
function feedOf(drawn: readonly Drawn[], lotUnits: number): Row[] {
  let [time, moved] = [1, 0]
  return drawn.map((each) => {
    time += each.step
    if (Math.abs(each.drift) === 12) moved += Math.sign(each.drift)
    const isTrade = each.kind === RowKind.TRADE
    const of = isTrade && each.nobody ? 0 : each.side
    // A trade prints where the side that was hit stands.
    const standing = isTrade ? -each.side : each.side
    const price = moved + (standing === BUY ? BID - each.behind : ASK + each.behind)
    const bounded = each.kind !== RowKind.CLEAR || !each.whole
    const lots = isTrade ? each.qty : each.qty * each.scale
    const units = lots * lotUnits + (lotUnits === 1 ? 0 : each.fraction)
    return {
      time,
      kind: each.kind,
      side: of,
      price: bounded ? price : WHOLE_SIDE,
      qty: isTrade ? Math.max(1, units) : units,
    }
  })
}
