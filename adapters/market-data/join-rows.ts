import { CodedError, type MarketRows } from '@escapement/core'
import { allocateColumns, marketRows } from './columns.ts'
import { inUnits } from './decimals.ts'
import { checkOrderRows } from './order-rows.ts'
import { checkViews } from './validate.ts'

/**
 * Several recordings of one instrument as one, the later after the earlier: a day split over files.
 * Times are counted from the first one's origin, numbers in the finest decimals of all.
 * @throws ESC_DATA_EMPTY when there is none
 * @throws ESC_DATA_TIME when one begins before the one before it ends
 * @throws ESC_DATA_TICK when a price leaves 31 bits in the finest decimals
 * @throws ESC_DATA_KIND when one tells orders and another levels
 */
export function joinRows(recordings: readonly MarketRows[]): MarketRows {
  const [first] = recordings
  if (first === undefined) throw new CodedError('ESC_DATA_EMPTY', { found: 'no recording' })
  if (recordings.length === 1) return first
  const units = {
    priceDecimals: Math.max(...recordings.map(({ priceDecimals }) => priceDecimals)),
    qtyDecimals: Math.max(...recordings.map(({ qtyDecimals }) => qtyDecimals)),
  }
  const parts = recordings.map((rows) => inUnits(rows, units))
  const length = parts.reduce((total, part) => total + part.length, 0)
  const columns = allocateColumns(
    length,
    parts.some(({ orderId }) => orderId !== undefined),
  )
  let at = 0
  for (const part of parts) {
    columns.kind.set(part.kind, at)
    columns.flags.set(part.flags, at)
    columns.price.set(part.price, at)
    columns.qty.set(part.qty, at)
    if (part.orderId !== undefined) columns.orderId!.set(part.orderId, at)
    const shift = Number(part.originNs - first.originNs)
    for (let row = 0; row < part.length; row++, at++) {
      columns.exchTime[at] = part.exchTime[row]! + shift
      columns.localTime[at] = part.localTime[row]! + shift
    }
  }
  const joined = marketRows(columns, first.originNs, units.priceDecimals, units.qtyDecimals)
  checkOrderRows(joined)
  checkViews(joined)
  return joined
}
