import { CodedError, isOrderKind, type MarketRows, WHOLE_SIDE } from '@escapement/core'
import { allocateColumns, marketRows } from '../market-data/columns.ts'
import { exactUnits, fitsPrice, tickRangeError, type Units } from '../market-data/decimals.ts'
import { checkOrderRows } from '../market-data/order-rows.ts'
import { checkViews } from '../market-data/validate.ts'
import {
  DOUBLES,
  EV,
  type EventWords,
  EXCH,
  eventWords,
  flagsOf,
  KIND_BBO,
  LOCAL,
  ORDER_ID,
  PX,
  QTY,
  WORDS,
} from './event-words.ts'
import { ROW_BYTES, readNpyHeader } from './npy-header.ts'
import { epochNs, type Scan, scanEvents, unitError } from './scan.ts'
import { unzipMember } from './zip.ts'

export type NpzOptions = {
  /** Units to check the values against; without them the coarsest exact power of ten is taken. */
  readonly units?: Units
  /** Named in errors. */
  readonly file?: string
}

const TWO_32 = 0x1_0000_0000
const ZIP_MAGIC = [0x50, 0x4b]

/** Whether the bytes begin as a zip archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === ZIP_MAGIC[0] && bytes[1] === ZIP_MAGIC[1]
}

/**
 * hftbacktest events (.npz with the array "data", or .npy) -> MarketRows. Source: its data format,
 * version 2 (64-byte rows).
 *
 * Keeps: depth, trade, clear and snapshot rows, or rows of orders with their order_id, in file order,
 * with their flags. Drops: kind 5 (best bid and offer: books with depth ignore it), order_id where
 * nothing names an order, ival and fval. `originNs` is
 * the smallest of all exch_ts and local_ts of the kept rows, so no time is negative. A CLEAR row
 * whose px is not finite clears the WHOLE_SIDE.
 *
 * @throws ESC_NPZ_ZIP, ESC_NPZ_MAGIC, ESC_NPZ_HEADER, ESC_NPZ_DTYPE, ESC_NPZ_LENGTH, ESC_NPZ_UNIT,
 *   ESC_DATA_EMPTY, ESC_DATA_KIND, ESC_DATA_PRICE, ESC_DATA_QTY, ESC_DATA_TICK, ESC_DATA_TIME,
 *   ESC_TIME_SPAN; row numbers are those of the file, from 0.
 */
export function decodeNpz(bytes: Uint8Array, options: NpzOptions = {}): MarketRows {
  const { file, units } = options
  const npy = isZip(bytes) ? unzipMember(bytes, 'data.npy', file) : bytes
  const { rows, dataStart } = readNpyHeader(npy, file)
  const present = Math.floor((npy.length - dataStart) / ROW_BYTES)
  if (present < rows) {
    throw new CodedError('ESC_NPZ_LENGTH', {
      ...(file === undefined ? {} : { file }),
      found: `${present} whole rows`,
      needed: `${rows}`,
      hint: 'the file is cut short',
    })
  }
  const events = eventWords(npy, dataStart, rows)
  const scan = scanEvents(events, units, file)
  const decoded = fillColumns(events, scan, file)
  if (scan.hasOrders) checkOrderRows(decoded, file, (row) => fileRow(events, row))
  checkViews(decoded, file, (row) => fileRow(events, row))
  return decoded
}

function fillColumns(events: EventWords, scan: Scan, file: string | undefined): MarketRows {
  const { words, signed, doubles, longs } = events
  const { originHigh, originLow, units } = scan
  const { priceDecimals, qtyDecimals } = units
  const at = file === undefined ? {} : { file }
  const columns = allocateColumns(scan.kept, scan.hasOrders)
  const { orderId } = columns
  let to = 0
  for (let row = 0; row < events.rows; row++) {
    const word = row * WORDS
    const low = words[word + EV]!
    const kind = low & 0xff
    if (kind === KIND_BBO) continue
    columns.kind[to] = kind
    columns.flags[to] = flagsOf(low)
    // Differences of the halves stay below 2^53, so no nanosecond is lost.
    columns.exchTime[to] =
      (signed[word + EXCH + 1]! - originHigh) * TWO_32 + (words[word + EXCH]! - originLow)
    columns.localTime[to] =
      (signed[word + LOCAL + 1]! - originHigh) * TWO_32 + (words[word + LOCAL]! - originLow)
    const px = doubles[row * DOUBLES + PX]!
    if (Number.isFinite(px)) {
      const price = exactUnits(px, priceDecimals)
      if (Number.isNaN(price)) throw unitError('px', px, row, priceDecimals, at)
      if (!fitsPrice(price)) throw tickRangeError(price, priceDecimals, { ...at, row })
      columns.price[to] = price
    } else {
      columns.price[to] = WHOLE_SIDE
    }
    const quantity = doubles[row * DOUBLES + QTY]!
    const qty = exactUnits(quantity, qtyDecimals)
    if (Number.isNaN(qty)) throw unitError('qty', quantity, row, qtyDecimals, at)
    columns.qty[to] = qty
    if (orderId !== undefined && isOrderKind(kind)) orderId[to] = longs[row * DOUBLES + ORDER_ID]!
    to++
  }
  return marketRows(columns, epochNs(originHigh, originLow), priceDecimals, qtyDecimals)
}

/** Number in the file of the `row`-th kept row. */
function fileRow({ rows, words }: EventWords, row: number): number {
  let left = row
  for (let at = 0; at < rows; at++) {
    if ((words[at * WORDS + EV]! & 0xff) !== KIND_BBO && left-- === 0) return at
  }
  return row
}
