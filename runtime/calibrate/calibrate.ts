import { CodedError, type Nanos } from '@escapement/core'
import { type Candidate, candidates, type Family, POWERS } from './candidates.ts'
import { type FamilyFit, fitFamilies, type Resampling, tellingOrders } from './fit-families.ts'
import { type Ground, NEVER_FILLED, predictFills, type Trial } from './predict.ts'
import { lossOf, type Score, scoreOf } from './score.ts'
import type { Stay } from './stays.ts'

export type CalibrationOptions = Partial<Resampling> & {
  /** How long an order is followed at most; default: the longest that one of them stayed. */
  readonly horizonNs?: Nanos
}

/** One model's place in the table. */
export type ModelScore = Score & { readonly family: Family; readonly n: number | null }

/** What recorded orders say about the queue. */
export type Calibration = {
  readonly orders: number
  readonly filled: number
  /** Orders about which the models disagree: the others tell nothing. */
  readonly telling: number
  readonly horizonNs: number
  readonly seed: number
  readonly resamples: number
  readonly verdict: Verdict
  /** Best first. */
  readonly families: readonly FamilyFit[]
  /** Every model that was tried, best first. */
  readonly models: readonly ModelScore[]
  /** First executions, of the best model; Infinity where there was none. */
  readonly fills: readonly { readonly stay: Stay; readonly predicted: Nanos }[]
}

export type Verdict =
  /** The best family is told apart from all others; `n` is null where it has none. */
  | { readonly kind: 'found'; readonly family: Family; readonly n: number | null }
  /** These cannot be told apart, the best first. */
  | { readonly kind: 'notDistinguishable'; readonly families: readonly Family[] }
  /** No order tells the models apart. */
  | { readonly kind: 'silent' }

const DEFAULTS: Resampling = { seed: 1, resamples: 1_000 }

/**
 * Fits the queue models to recorded stays of orders. `grounds` are by instrument.
 * @throws ESC_ORDERS_TABLE when there is no stay
 */
export function calibrate(
  grounds: readonly Ground[],
  stays: readonly Stay[],
  options: CalibrationOptions = {},
): Calibration {
  if (stays.length === 0) {
    throw new CodedError('ESC_ORDERS_TABLE', {
      found: 'no order that rested',
      needed: 'limit orders, GTC or post-only, that stood in a queue',
    })
  }
  const { seed = DEFAULTS.seed, resamples = DEFAULTS.resamples } = options
  const horizonNs = options.horizonNs ?? longest(stays)
  const trials = stays.map((stay) => trialOf(stay, horizonNs, grounds[stay.instrument]!))
  const tried = candidates()
  const predicted = predictAll(grounds, trials, tried)
  const losses = predicted.map((times) =>
    Float64Array.from(trials, (trial, i) => lossOf(trial, times[i]!)),
  )
  const telling = tellingOrders(losses).length
  const families = fitFamilies(tried, losses, { seed, resamples })
  const scored = tried.map(({ family, n }, i): ModelScore => {
    return { family, n, ...scoreOf(trials, predicted[i]!) }
  })
  const [best] = families
  const bestAt = tried.findIndex(({ family, n }) => family === best!.family && n === best!.n)
  return {
    orders: stays.length,
    filled: stays.filter(({ filledAt }) => filledAt !== null).length,
    telling,
    horizonNs,
    seed,
    resamples,
    verdict: verdictOf(families, telling),
    families,
    models: [...scored].sort((a, b) => a.meanLossNs - b.meanLossNs),
    fills: stays.map((stay, i) => ({ stay, predicted: predicted[bestAt]![i]! })),
  }
}

const longest = (stays: readonly Stay[]): Nanos =>
  stays.reduce((most, { from, until }) => Math.max(most, until - from), 0)

/** One that left is followed until then; one that was executed as long as any, and the data, last. */
function trialOf(stay: Stay, horizonNs: Nanos, { channel: { exchange } }: Ground): Trial {
  const left = stay.filledAt === null ? stay.until : NEVER_FILLED
  const end = exchange.time[exchange.length - 1] ?? 0
  return { stay, horizon: Math.min(left, stay.from + horizonNs, Math.max(end, stay.from)) }
}

function predictAll(
  grounds: readonly Ground[],
  trials: readonly Trial[],
  tried: readonly Candidate[],
): readonly Float64Array[] {
  const predicted = tried.map(() => new Float64Array(trials.length))
  const models = tried.map(({ model }) => model)
  grounds.forEach((ground, instrument) => {
    const own = trials.flatMap(({ stay }, i) => (stay.instrument === instrument ? [i] : []))
    const times = predictFills(
      ground,
      own.map((i) => trials[i]!),
      models,
    )
    times.forEach((row, m) => {
      own.forEach((trial, i) => {
        predicted[m]![trial] = row[i]!
      })
    })
  })
  return predicted
}

function verdictOf(families: readonly FamilyFit[], telling: number): Verdict {
  if (telling === 0) return { kind: 'silent' }
  const alike = families.filter(({ isWorse }) => !isWorse)
  const [{ family, n, interval } = families[0]!] = alike
  const isOpen = interval !== null && interval[0] === POWERS[0] && interval[1] === POWERS.at(-1)
  if (alike.length === 1 && !isOpen) return { kind: 'found', family, n }
  return { kind: 'notDistinguishable', families: alike.map((fit) => fit.family) }
}
