import {
  type Instrument,
  MoneyRule,
  millis,
  type Nanos,
  type OrderFilled,
  type PriceTicks,
  seconds,
} from '@escapement/core'
import { ratio } from './exact-ratio.ts'
import { lastAt, type MidSeries } from './mid-series.ts'

/** After a fill, unless others are asked for: 10 ms, 100 ms, 1 s, 10 s, 60 s. */
export const MARKOUT_HORIZONS: readonly Nanos[] = [
  millis(10),
  millis(100),
  seconds(1),
  seconds(10),
  seconds(60),
]

/** What the mid made of a fill after a while. */
export type Markout = {
  readonly fill: OrderFilled
  readonly horizonNs: Nanos
  /** The touch at that time; null while a side is empty, or where it is not known. */
  readonly touch: { readonly bid: PriceTicks; readonly ask: PriceTicks } | null
  /** Money units: what closing at the mid would have made, fees apart; positive is a profit. */
  readonly value: bigint | null
}

/**
 * Each fill of one instrument at each horizon. `timeOf` gives a fill's time on the clock of `mids`:
 * its exchange time for the Venue's view, its local time for what a recorder saw.
 */
export function markouts(
  fills: readonly OrderFilled[],
  mids: MidSeries,
  timeOf: (fill: OrderFilled) => Nanos,
  instrument: Instrument,
  horizons: readonly Nanos[] = MARKOUT_HORIZONS,
): readonly Markout[] {
  const money = new MoneyRule(instrument)
  return fills.flatMap((fill) =>
    horizons.map((horizonNs): Markout => {
      const touch = touchAfter(mids, timeOf(fill), horizonNs)
      return { fill, horizonNs, touch, value: touch && valueAt(fill, touch, money) }
    }),
  )
}

function touchAfter(mids: MidSeries, filledAt: Nanos, horizonNs: Nanos): Markout['touch'] {
  const at = filledAt + horizonNs
  if (at > mids.end) return null
  const entry = lastAt(mids.time, at)
  if (entry < 0 || (!mids.isComplete && mids.time[entry]! < filledAt)) return null
  const [bid, ask] = [mids.bid[entry]!, mids.ask[entry]!]
  return Number.isNaN(bid) ? null : { bid, ask }
}

type Touch = NonNullable<Markout['touch']>

function valueAt({ side, lastPrice, lastQty }: OrderFilled, { bid, ask }: Touch, money: MoneyRule) {
  const gained = money.amountAtMid(bid, ask, lastQty) - money.amount(lastPrice, lastQty)
  return -money.cashSign() * BigInt(side) * gained
}

/** Of all fills at one horizon; money in one unit. */
export type MarkoutStatistics = {
  readonly horizonNs: Nanos
  /** Fills whose mid at the horizon is known, of all. */
  readonly known: number
  readonly fills: number
  readonly value: bigint
  /** Value over the traded amount of those fills, in hundredths of a percent. */
  readonly basisPoints: number | null
}

/** Sums up markouts by horizon, in order; those of one instrument, or of several. */
export function markoutStatistics(
  some: readonly (readonly Markout[])[],
  instruments: readonly Instrument[],
  factors: readonly bigint[],
): readonly MarkoutStatistics[] {
  const sums = new Map<Nanos, { known: number; fills: number; value: bigint; amount: bigint }>()
  some.forEach((markouts, i) => {
    const money = new MoneyRule(instruments[i]!)
    for (const { fill, horizonNs, value } of markouts) {
      let sum = sums.get(horizonNs)
      if (sum === undefined) {
        sum = { known: 0, fills: 0, value: 0n, amount: 0n }
        sums.set(horizonNs, sum)
      }
      sum.fills++
      if (value === null) continue
      sum.known++
      sum.value += value * factors[i]!
      sum.amount += money.amount(fill.lastPrice, fill.lastQty) * factors[i]!
    }
  })
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([horizonNs, { known, fills, value, amount }]) => {
      return { horizonNs, known, fills, value, basisPoints: ratio(value * 10_000n, amount) }
    })
}
