/** An event row as numbers, to lay out bytes without the adapter's own writer. */
export type Event = {
  readonly ev: number | bigint
  readonly exch: bigint
  readonly local: bigint
  readonly px: number
  readonly qty: number
}

/** Flags 2^31 and 2^30: seen by both sides. */
export const BOTH = 2 ** 31 + 2 ** 30

const HEADER =
  "{'descr': [('ev', '<u8'), ('exch_ts', '<i8'), ('local_ts', '<i8'), ('px', '<f8'), " +
  "('qty', '<f8'), ('order_id', '<u8'), ('ival', '<i8'), ('fval', '<f8')], " +
  "'fortran_order': False, 'shape': (ROWS,), }"

export type NpyChange = {
  /** Changes the text of the header. */
  readonly header?: (text: string) => string
  /** Rows that the header claims, when not those present. */
  readonly rows?: number
}

/** An .npy file of version 1.0 as numpy writes it. */
export function npyOf(
  events: readonly Event[],
  { header = (text) => text, rows }: NpyChange = {},
): Uint8Array {
  const text = header(HEADER.replace('ROWS', String(rows ?? events.length)))
  const start = Math.ceil((11 + text.length) / 64) * 64
  const bytes = Buffer.alloc(start + events.length * 64)
  bytes.write('\x93NUMPY\x01\x00', 0, 'latin1')
  bytes.writeUInt16LE(start - 10, 8)
  bytes.write(`${text.padEnd(start - 11)}\n`, 10, 'latin1')
  events.forEach((event, row) => {
    const at = start + row * 64
    bytes.writeBigUInt64LE(BigInt(event.ev), at)
    bytes.writeBigInt64LE(event.exch, at + 8)
    bytes.writeBigInt64LE(event.local, at + 16)
    bytes.writeDoubleLE(event.px, at + 24)
    bytes.writeDoubleLE(event.qty, at + 32)
  })
  return bytes
}
