import { createHash } from 'node:crypto'
import type { MarketRows } from '@escapement/core'

/** First bytes of what is hashed; another layout gets another number. */
const DOMAIN = 'escapement/market-rows/1\n'
/** What comes before the order ids, of rows that have them. */
const ORDERS = 'orders\n'
const ROW_BYTES = 32
const CHUNK_ROWS = 4096
const TWO_32 = 0x1_0000_0000

/**
 * SHA-256 over the canonical integer rows, 64 hexadecimal digits: the same rows give the same hash
 * from whatever format they were read.
 *
 * Layout, little endian: the ASCII text "escapement/market-rows/1" and a newline; i64 originNs,
 * u32 priceDecimals, u32 qtyDecimals, u64 number of rows; then 32 bytes a row: u8 kind, u8 flags,
 * u16 zero, i32 price, i64 exchTime, i64 localTime, i64 qty; then, only where there are order ids,
 * the ASCII text "orders" and a newline, and a u64 a row.
 * @source docs/formats.md, "dataHash"
 */
export function dataHash(rows: MarketRows): string {
  const hash = createHash('sha256').update(DOMAIN, 'latin1').update(header(rows))
  const bytes = new Uint8Array(CHUNK_ROWS * ROW_BYTES)
  const words = new Uint32Array(bytes.buffer)
  for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
    const end = Math.min(start + CHUNK_ROWS, rows.length)
    let word = 0
    for (let row = start; row < end; row++) {
      words[word++] = rows.kind[row]! | (rows.flags[row]! << 8)
      words[word++] = rows.price[row]!
      const exch = rows.exchTime[row]!
      words[word++] = exch
      words[word++] = Math.floor(exch / TWO_32)
      const local = rows.localTime[row]!
      words[word++] = local
      words[word++] = Math.floor(local / TWO_32)
      const qty = rows.qty[row]!
      words[word++] = qty
      words[word++] = Math.floor(qty / TWO_32)
    }
    hash.update(bytes.subarray(0, (end - start) * ROW_BYTES))
  }
  const { orderId } = rows
  if (orderId !== undefined) {
    hash.update(ORDERS, 'latin1')
    hash.update(new Uint8Array(orderId.buffer, orderId.byteOffset, orderId.byteLength))
  }
  return hash.digest('hex')
}

function header(rows: MarketRows): Uint8Array {
  const bytes = new Uint8Array(24)
  const view = new DataView(bytes.buffer)
  view.setBigInt64(0, rows.originNs, true)
  view.setUint32(8, rows.priceDecimals, true)
  view.setUint32(12, rows.qtyDecimals, true)
  view.setBigUint64(16, BigInt(rows.length), true)
  return bytes
}
