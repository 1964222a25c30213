import {
  CodedError,
  formatDecimal,
  type Instrument,
  levelView,
  type MarketRows,
  type MarketView,
  NANOS_MAX,
  numberOrders,
  powerOfTen,
  RowFlag,
  WHOLE_SIDE,
} from '@escapement/core'
import type { FeedChannel } from '../actors/ports.ts'

/** Local time of a session in epoch ns: rows from `startNs` up to, not including, `endNs`. */
export type Window = { readonly startNs: bigint | null; readonly endNs: bigint | null }

/** The largest tick that a book takes; beyond it indices would leave 32 bits. */
const TICK_MAX = 2 ** 30

/** Epoch ns at which a session over `rows` begins: the first time, of either view, in the window. */
export function sessionOrigin(datasets: readonly MarketRows[], window: Window): bigint {
  let origin: bigint | null = null
  for (const rows of datasets) {
    const start = window.startNs === null ? 0 : Number(window.startNs - rows.originNs)
    const end = window.endNs === null ? Infinity : Number(window.endNs - rows.originNs)
    let earliest = Infinity
    for (let row = 0; row < rows.length; row++) {
      const flags = rows.flags[row]!
      const exch = (flags & RowFlag.EXCHANGE) !== 0 ? rows.exchTime[row]! : Infinity
      const local = (flags & RowFlag.LOCAL) !== 0 ? rows.localTime[row]! : Infinity
      const first = Math.min(exch >= start ? exch : Infinity, local >= start ? local : Infinity)
      if (first < end && first < earliest) earliest = first
    }
    if (earliest === Infinity) continue
    const at = rows.originNs + BigInt(earliest)
    if (origin === null || at < origin) origin = at
  }
  if (origin === null) {
    throw new CodedError('ESC_CONFIG_WINDOW', {
      field: 'window',
      found: 'no row',
      needed: 'a window that overlaps the data',
    })
  }
  return origin
}

/**
 * Splits a dataset into the two observers' views, in ticks, quantity units and session time. Rows
 * of single orders become rows of their levels.
 *
 * Cost: two passes over the rows, one column write a field; and `levelView` of both.
 * @throws ESC_DATA_ORDER as `levelView`
 * @throws ESC_DATA_TICK naming the row whose price is off the tick or beyond its range
 * @throws ESC_TIME_SPAN when a time does not fit exact nanoseconds
 */
export function feedChannel(
  rows: MarketRows,
  instrument: Instrument,
  index: number,
  origin: bigint,
  window: Window,
  file: string,
): FeedChannel {
  const shift = Number(rows.originNs - origin)
  const end = window.endNs === null ? Infinity : Number(window.endNs - origin)
  const scale = scaling(rows, instrument)
  const numbers = numberOrders(rows)
  const levels = (view: MarketView) => (numbers ? levelView(view, numbers, file) : view)
  const local = levels(viewOf(rows, RowFlag.LOCAL, shift, end, scale, file))
  const exchange = levels(viewOf(rows, RowFlag.EXCHANGE, shift, end, scale, file))
  const start = window.startNs === null ? 0 : Number(window.startNs - origin)
  let localFrom = 0
  while (localFrom < local.length && local.time[localFrom]! < start) localFrom++
  return { instrument: index, exchange, local, localFrom }
}

type Scaling = {
  /** ticks = price * numerator / denominator. */
  readonly numerator: number
  readonly denominator: number
  /** quantity units = qty * qtyFactor. */
  readonly qtyFactor: number
  readonly tick: string
  readonly priceDecimals: number
}

function scaling(rows: MarketRows, { tickSize, qtyDecimals }: Instrument): Scaling {
  let numerator = powerOfTen(tickSize.scale)
  let denominator = tickSize.digits * powerOfTen(rows.priceDecimals)
  const divisor = gcd(numerator, denominator)
  numerator /= divisor
  denominator /= divisor
  return {
    numerator: Number(numerator),
    denominator: Number(denominator),
    qtyFactor: Number(powerOfTen(qtyDecimals - rows.qtyDecimals)),
    tick: formatDecimal(tickSize),
    priceDecimals: rows.priceDecimals,
  }
}

function viewOf(
  rows: MarketRows,
  flag: number,
  shift: number,
  end: number,
  scale: Scaling,
  file: string,
): MarketView {
  const own = flag === RowFlag.LOCAL ? rows.localTime : rows.exchTime
  let length = 0
  for (let row = 0; row < rows.length; row++) {
    if ((rows.flags[row]! & flag) !== 0 && own[row]! + shift < end) length++
  }
  const time = new Float64Array(length)
  // The exchange's own view has one time; the local one knows when each row happened there.
  const exchTime = flag === RowFlag.LOCAL ? new Float64Array(length) : time
  const kind = new Uint8Array(length)
  const side = new Int8Array(length)
  const price = new Int32Array(length)
  const qty = new Float64Array(length)
  const from = new Uint32Array(length)
  const { numerator, denominator, qtyFactor } = scale
  let at = 0
  for (let row = 0; row < rows.length; row++) {
    const flags = rows.flags[row]!
    const seen = own[row]! + shift
    if ((flags & flag) === 0 || seen >= end) continue
    time[at] = seen
    exchTime[at] = rows.exchTime[row]! + shift
    kind[at] = rows.kind[row]!
    side[at] = (flags & RowFlag.BUY) !== 0 ? 1 : (flags & RowFlag.SELL) !== 0 ? -1 : 0
    const units = rows.price[row]!
    if (units === WHOLE_SIDE) price[at] = WHOLE_SIDE
    else {
      const ticks = (units * numerator) / denominator
      if (!Number.isInteger(ticks) || Math.abs(ticks) > TICK_MAX) {
        throw offTick(row, units, scale, file)
      }
      price[at] = ticks
    }
    qty[at] = rows.qty[row]! * qtyFactor
    from[at] = row
    at++
  }
  if (length > 0 && time[length - 1]! > NANOS_MAX) {
    throw new CodedError('ESC_TIME_SPAN', { file, hint: 'set a window of at most 104 days' })
  }
  return { length, time, exchTime, kind, side, price, qty, row: from }
}

function offTick(row: number, price: number, scale: Scaling, file: string): CodedError {
  return new CodedError('ESC_DATA_TICK', {
    file,
    row,
    field: 'price',
    found: `${price} x 10^-${scale.priceDecimals}`,
    needed: `a multiple of tickSize ${scale.tick}, at most 2^30 ticks`,
  })
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b)
}
