import { Random } from '@escapement/core'
import type { Candidate, Family } from './candidates.ts'

/** The best model of a family, and how sure one can be of it. */
export type FamilyFit = {
  readonly family: Family
  /** In the middle of the powers that are equally good; null of a family without one. */
  readonly n: number | null
  readonly meanLossNs: number
  /** Least and largest power that is as good as the best one. */
  readonly equallyGood: readonly [number, number] | null
  /** 95 % confidence interval of n, of the bootstrap over orders. */
  readonly interval: readonly [number, number] | null
  /** 95 % interval of this family's mean loss less that of the best family. */
  readonly behindNs: readonly [number, number]
  /** Whether it is told apart from the best family: the interval lies above 0. */
  readonly isWorse: boolean
}

export type Resampling = { readonly seed: number; readonly resamples: number }

/** The least loss of a family and the powers that reach it; indices among the candidates. */
type Least = { readonly loss: number; readonly low: number; readonly high: number }

/**
 * Fits each family to losses in whole ns, by candidate and then by order, best family first. The
 * bootstrap draws orders with replacement and fits every family anew to each draw, so that the
 * interval counts the choice of n too.
 */
export function fitFamilies(
  candidates: readonly Candidate[],
  losses: readonly Float64Array[],
  { seed, resamples }: Resampling,
): readonly FamilyFit[] {
  const families = [...new Set(candidates.map(({ family }) => family))]
  const members = families.map((family) =>
    candidates.flatMap((candidate, i) => (candidate.family === family ? [i] : [])),
  )
  const orders = losses[0]!.length
  const sums = Float64Array.from(losses, (row) => row.reduce((a, b) => a + b, 0))
  const fits = members.map((indices) => leastOf(indices, sums))
  const best = fits.reduce((at, { loss }, i) => (loss < fits[at]!.loss ? i : at), 0)
  const drawn = resample(losses, members, seed, resamples)
  const powerAt = (index: number) => candidates[index]!.n
  return families
    .map((family, f): FamilyFit => {
      const { loss, low, high } = fits[f]!
      const behind = drawn.map((draw) => (draw[f]!.loss - draw[best]!.loss) / orders)
      const behindNs = [quantile(behind, 0.025), quantile(behind, 0.975)] as const
      const lows = drawn.map((draw) => powerAt(draw[f]!.low) ?? 0)
      const highs = drawn.map((draw) => powerAt(draw[f]!.high) ?? 0)
      const hasPower = powerAt(low) !== null
      return {
        family,
        n: hasPower ? powerAt((low + high) >> 1) : null,
        meanLossNs: loss / orders,
        equallyGood: hasPower ? [powerAt(low)!, powerAt(high)!] : null,
        interval: hasPower ? [quantile(lows, 0.025), quantile(highs, 0.975)] : null,
        behindNs,
        isWorse: behindNs[0] > 0,
      }
    })
    .sort((a, b) => a.meanLossNs - b.meanLossNs)
}

function leastOf(indices: readonly number[], sums: Float64Array): Least {
  let [loss, low, high] = [Number.POSITIVE_INFINITY, 0, 0]
  for (const index of indices) {
    const sum = sums[index]!
    if (sum < loss) [loss, low, high] = [sum, index, index]
    else if (sum === loss) high = index
  }
  return { loss, low, high }
}

/** The fits of each draw of orders. Orders that every model treats alike move all sums alike. */
function resample(
  losses: readonly Float64Array[],
  members: readonly (readonly number[])[],
  seed: number,
  resamples: number,
): readonly (readonly Least[])[] {
  const orders = losses[0]!.length
  const random = new Random(seed)
  const place = Int32Array.from({ length: orders }, () => -1)
  const telling = tellingOrders(losses)
  telling.forEach((order, i) => {
    place[order] = i
  })
  const columns = losses.map((row) => Float64Array.from(telling, (order) => row[order]!))
  const alike = losses[0]!
  const sums = new Float64Array(losses.length)
  return Array.from({ length: resamples }, () => {
    const weights = new Float64Array(telling.length)
    let common = 0
    for (let i = 0; i < orders; i++) {
      const order = random.integer(0, orders - 1)
      const at = place[order]!
      if (at >= 0) weights[at]!++
      else common += alike[order]!
    }
    columns.forEach((column, m) => {
      let sum = common
      for (let i = 0; i < column.length; i++) sum += weights[i]! * column[i]!
      sums[m] = sum
    })
    return members.map((indices) => leastOf(indices, sums))
  })
}

/** Orders about which not all models say the same. */
export function tellingOrders(losses: readonly Float64Array[]): readonly number[] {
  const [first] = losses
  const found: number[] = []
  for (let i = 0; i < first!.length; i++) {
    if (losses.some((row) => row[i] !== first![i])) found.push(i)
  }
  return found
}

/** The value below which a share of the values lies. */
function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}
