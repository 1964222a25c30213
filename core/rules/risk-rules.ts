import type { CoreConfiguration, RiskLimits } from '../configuration.ts'
import { type Decimal, multiply, powerOfTen, toScale } from '../decimal.ts'
import { assert } from '../errors.ts'
import type { Instrument } from '../instrument.ts'
import type { MoneyRule } from '../money.ts'
import type { PriceTicks, QtyLots } from '../units.ts'

const NOTHING: Decimal = { digits: 0n, scale: 0 }

/**
 * The limits of a Configuration in the integers that Risk compares.
 *
 * Amounts count 10^-decimals of the risk currency, one decimal finer than the value of a tick and
 * a lot of any instrument, so that a value at half a tick is an integer too. They are plain
 * numbers; an amount beyond 2^53 is unknown. Since values are integers, "at most limit" is "at most
 * the limit rounded down", and "at least" is "at least the limit rounded up": nothing is lost.
 */
export class RiskRules {
  readonly limits: RiskLimits
  /** By instrument, in lots. */
  readonly maxPositionLots: readonly number[]
  readonly maxSingleOrder: number
  readonly maxGross: number
  readonly maxActiveQuotes: number
  readonly maxGrossQuotes: number
  readonly maxNetQuotes: number
  readonly minOrder: number
  /** In units of equity, 10^-equityDecimals; null is no limit. */
  readonly maxDrawdown: bigint | null
  readonly maxRolling: bigint | null
  readonly windowNs: number
  /** Which judgements need the exposure at all, and which part of it. */
  readonly needsExposure: boolean
  readonly needsQuotes: boolean
  readonly needsQuoteValues: boolean
  /** The finest money unit among the instruments. */
  readonly equityDecimals: number
  /** Factors from each instrument's money unit to the unit of equity. */
  readonly equityFactors: readonly bigint[]
  readonly #values: readonly ValueRule[]

  constructor({ instruments }: CoreConfiguration, limits: RiskLimits, money: readonly MoneyRule[]) {
    this.limits = limits
    const decimals = 1 + Math.max(0, ...instruments.map(valueDecimals))
    this.#values = instruments.map((instrument, i) => valueRule(instrument, money[i]!, decimals))
    this.maxPositionLots = instruments.map(({ lotSize }) => lotsOf(limits.maxPosition, lotSize))
    this.maxSingleOrder = atMost(limits.maxSingleOrderNotional, decimals)
    this.maxGross = atMost(limits.maxGrossNotional, decimals)
    this.maxActiveQuotes = limits.maxActiveQuotes ?? Number.POSITIVE_INFINITY
    this.maxGrossQuotes = atMost(limits.maxGrossQuoteNotional, decimals)
    this.maxNetQuotes = atMost(limits.maxNetQuoteNotional, decimals)
    this.minOrder = Number(roundedUp(limits.minOrderNotional ?? NOTHING, decimals))
    this.equityDecimals = Math.max(0, ...instruments.map(({ quoteDecimals }) => quoteDecimals))
    this.equityFactors = instruments.map(({ quoteDecimals }) =>
      powerOfTen(this.equityDecimals - quoteDecimals),
    )
    this.maxDrawdown = lossOf(limits.maxDrawdown, this.equityDecimals)
    this.maxRolling = lossOf(limits.maxRollingLoss?.amount, this.equityDecimals)
    this.windowNs = limits.maxRollingLoss?.windowNs ?? 0
    this.needsQuoteValues =
      limits.maxGrossQuoteNotional !== undefined || limits.maxNetQuoteNotional !== undefined
    this.needsQuotes = this.needsQuoteValues || limits.maxActiveQuotes !== undefined
    this.needsExposure =
      this.needsQuotes ||
      limits.maxPosition !== undefined ||
      limits.maxSingleOrderNotional !== undefined ||
      limits.maxGrossNotional !== undefined
  }

  /** Value of `qty` lots at `price`. */
  valueAt(instrument: number, price: PriceTicks, qty: QtyLots): number {
    const { tickValue, inverse } = this.#values[instrument]!
    return inverse === null ? countable(price * qty * tickValue) : inverse(price, 1, qty)
  }

  /** Value of `qty` lots halfway between two prices. */
  valueAtMid(instrument: number, bid: PriceTicks, ask: PriceTicks, qty: QtyLots): number {
    const { tickValue, inverse } = this.#values[instrument]!
    if (inverse !== null) return inverse(bid + ask, 2, qty)
    // A multiple of ten, so half of it is an integer.
    return countable((bid + ask) * qty * (tickValue / 2))
  }
}

type ValueRule = {
  /** Value of a tick and a lot. */
  readonly tickValue: number
  /** For an inverse contract instead: value of lots at a price of `ticks / parts`. */
  readonly inverse: ((ticks: number, parts: 1 | 2, qty: QtyLots) => number) | null
}

function valueRule(instrument: Instrument, money: MoneyRule, decimals: number): ValueRule {
  const { kind, tickSize, lotSize, contractSize, quoteDecimals } = instrument
  if (kind !== 'inverse') {
    const value = multiply(multiply(tickSize, lotSize), contractSize)
    return { tickValue: exact(toScale(value, decimals)!), inverse: null }
  }
  const finer = Number(powerOfTen(decimals - quoteDecimals))
  return {
    tickValue: 0,
    inverse(ticks, parts, qty) {
      if (qty === 0) return 0
      const amount = parts === 1 ? money.amount(ticks, qty) : money.amountAtMid(ticks - 1, 1, qty)
      return countable(Number(amount) * finer)
    },
  }
}

/** Decimals in which the value of a tick and a lot is an integer. */
function valueDecimals({
  kind,
  tickSize,
  lotSize,
  contractSize,
  quoteDecimals,
}: Instrument): number {
  if (kind === 'inverse') return quoteDecimals
  return multiply(multiply(tickSize, lotSize), contractSize).scale
}

function lotsOf(maxPosition: Decimal | undefined, lotSize: Decimal): number {
  if (maxPosition === undefined) return Number.POSITIVE_INFINITY
  const scale = Math.max(maxPosition.scale, lotSize.scale)
  return Number(toScale(maxPosition, scale)! / toScale(lotSize, scale)!)
}

function atMost(limit: Decimal | undefined, decimals: number): number {
  if (limit === undefined) return Number.POSITIVE_INFINITY
  const scale = Math.max(limit.scale, decimals)
  return Number(toScale(limit, scale)! / powerOfTen(scale - decimals))
}

function roundedUp(limit: Decimal, decimals: number): bigint {
  const scale = Math.max(limit.scale, decimals)
  const divisor = powerOfTen(scale - decimals)
  return (toScale(limit, scale)! + divisor - 1n) / divisor
}

/** The smallest loss, in units, that reaches the limit. */
const lossOf = (limit: Decimal | undefined, decimals: number): bigint | null =>
  limit === undefined ? null : roundedUp(limit, decimals)

/** A unit value is part of Configuration: one that cannot be counted is a mistake there. */
function exact(value: bigint): number {
  const number = Number(value)
  assert(Number.isSafeInteger(number), `a unit value of ${value} leaves 2^53`)
  return number
}

/** An amount that cannot be counted exactly is none: NaN, which denies. */
const countable = (value: number): number => (Number.isSafeInteger(value) ? value : Number.NaN)
