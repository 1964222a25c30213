import { type MarketRows, WHOLE_SIDE } from '@escapement/core'
import { powerOfTen } from '../market-data/decimals.ts'
import {
  DOUBLES,
  EV,
  EXCH,
  eventWords,
  evOf,
  LOCAL,
  ORDER_ID,
  PX,
  QTY,
  WORDS,
} from './event-words.ts'
import { formatNpyHeader, ROW_BYTES } from './npy-header.ts'
import { zipMember } from './zip.ts'

const TWO_32 = 0x1_0000_0000

/**
 * MarketRows -> the bytes of an .npy file, 64 bytes a row. Prices and quantities are the float64
 * nearest to their decimals; a whole side becomes px NaN; ival and fval are 0, and so
 * is order_id where a row names no order.
 */
export function encodeNpy(rows: MarketRows): Uint8Array {
  const header = formatNpyHeader(rows.length)
  const bytes = new Uint8Array(header.length + rows.length * ROW_BYTES)
  bytes.set(header)
  const { words, doubles, longs } = eventWords(bytes, header.length, rows.length)
  const priceScale = powerOfTen(rows.priceDecimals)
  const qtyScale = powerOfTen(rows.qtyDecimals)
  const originLow = Number(BigInt.asUintN(32, rows.originNs))
  const originHigh = Number(rows.originNs >> 32n)
  for (let row = 0; row < rows.length; row++) {
    const word = row * WORDS
    words[word + EV] = evOf(rows.kind[row]!, rows.flags[row]!)
    const exch = originLow + rows.exchTime[row]!
    words[word + EXCH] = exch
    words[word + EXCH + 1] = originHigh + Math.floor(exch / TWO_32)
    const local = originLow + rows.localTime[row]!
    words[word + LOCAL] = local
    words[word + LOCAL + 1] = originHigh + Math.floor(local / TWO_32)
    const price = rows.price[row]!
    doubles[row * DOUBLES + PX] = price === WHOLE_SIDE ? Number.NaN : price / priceScale
    doubles[row * DOUBLES + QTY] = rows.qty[row]! / qtyScale
    if (rows.orderId !== undefined) longs[row * DOUBLES + ORDER_ID] = rows.orderId[row]!
  }
  return bytes
}

/** MarketRows -> the parts of an .npz archive with the array "data", deflated unless told not to. */
export function encodeNpz(rows: MarketRows, compress = true): Uint8Array[] {
  return zipMember('data.npy', encodeNpy(rows), compress)
}
