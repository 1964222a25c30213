import { CodedError, NANOS_MAX, parseDecimal } from '@escapement/core'
import { checkFunding, type FundingPayment } from '../../actors/fill-simulator/funding-schedule.ts'
import { parseEpochNs } from './resolve-config.ts'
import type { SessionConfig } from './schema.ts'

/**
 * The funding payments of each instrument by rising time; those outside of the session are left
 * out. `origin` is epoch ns of session time 0.
 * @throws ESC_CONFIG_INSTRUMENT for an instrument that is not defined
 * @throws ESC_CONFIG_INVALID when an instrument has two payments at one time
 */
export function fundingOf(
  { venue, instruments }: SessionConfig,
  origin: bigint,
): ReadonlyMap<string, readonly FundingPayment[]> {
  const found = new Map<string, FundingPayment[]>()
  venue.funding?.forEach(({ instrument, time, rate, mark }, i) => {
    const field = `venue.funding[${i}]`
    if (!Object.hasOwn(instruments, instrument)) {
      const needed = `one of ${Object.keys(instruments).join(', ')}`
      throw new CodedError('ESC_CONFIG_INSTRUMENT', {
        field: `${field}.instrument`,
        found: instrument,
        needed,
      })
    }
    const payments = found.get(instrument) ?? []
    found.set(instrument, payments)
    const at = Number(parseEpochNs(time, `${field}.time`) - origin)
    if (at < 0 || at > NANOS_MAX) return
    payments.push({
      time: at,
      rate: parseDecimal(rate, `${field}.rate`),
      ...(mark === undefined ? {} : { mark: parseDecimal(mark, `${field}.mark`) }),
    })
  })
  for (const [symbol, payments] of found) {
    payments.sort((a, b) => a.time - b.time)
    checkFunding(payments, `venue.funding of ${symbol}`)
  }
  return found
}
