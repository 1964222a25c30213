import {
  type Decimal,
  divideHalfEven,
  formatDecimal,
  type Instrument,
  type Nanos,
  powerOfTen,
  type QtyLots,
} from '@escapement/core'
import { countable } from './fees.ts'
import { refuse } from './refuse.ts'

/** At `time` of the session, longs pay `rate` x the value of their position to shorts. */
export type FundingPayment = {
  readonly time: Nanos
  /** Negative: shorts pay. */
  readonly rate: Decimal
  /** Price of the value; the mid of the venue's book if absent. */
  readonly mark?: Decimal | undefined
}

/**
 * What a position receives: -position x value x rate, exact and rounded half to even once, in money
 * units. The value of one lot is that of fees, at `mark`.
 */
export function fundingAmount(
  { kind, lotSize, contractSize, quoteDecimals }: Instrument,
  position: QtyLots,
  mark: Decimal,
  rate: Decimal,
): number {
  const contracts = BigInt(-position) * lotSize.digits * contractSize.digits * rate.digits
  const scale = lotSize.scale + contractSize.scale + rate.scale
  const amount =
    kind === 'inverse'
      ? divideHalfEven(
          contracts * powerOfTen(quoteDecimals + mark.scale),
          mark.digits * powerOfTen(scale),
        )
      : divideHalfEven(
          contracts * mark.digits * powerOfTen(quoteDecimals),
          powerOfTen(scale + mark.scale),
        )
  return countable(amount)
}

/** @throws ESC_CONFIG_INVALID when times do not rise, or a mark price is not above 0 */
export function checkFunding(payments: readonly FundingPayment[], field: string): void {
  payments.forEach(({ time, mark }, i) => {
    const least = i === 0 ? 0 : payments[i - 1]!.time + 1
    if (!Number.isSafeInteger(time) || time < least) {
      refuse(`${field}[${i}].time`, String(time), `an integer of at least ${least}`)
    }
    if (mark !== undefined && mark.digits <= 0n) {
      refuse(`${field}[${i}].mark`, formatDecimal(mark), 'a price above 0')
    }
  })
}

/** Text that distinguishes one schedule from another. */
export const fundingIdentity = (payments: readonly FundingPayment[]): string =>
  payments
    .map(({ time, rate, mark }) => {
      const at = mark === undefined ? 'mid' : formatDecimal(mark)
      return `${time}:${formatDecimal(rate)}@${at}`
    })
    .join(';')
