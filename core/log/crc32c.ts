/** Of every byte, what it does to the checksum. */
const TABLE = tableOf(0x82f63b78)

/**
 * CRC-32C of bytes [from, to), an unsigned 32-bit integer.
 *
 * Cost: a table look-up a byte.
 * Source: RFC 3720, section 12.1 (the Castagnoli polynomial, reflected).
 */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = -1
  for (let at = from; at < to; at++) crc = TABLE[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8)
  return ~crc >>> 0
}

function tableOf(polynomial: number): Int32Array {
  const table = new Int32Array(256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    table[byte] = crc
  }
  return table
}
