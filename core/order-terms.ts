import type { ByteReader, ByteWriter } from './codec.ts'
import type { Digest } from './digest.ts'
import type { OrderTerms, OrderType, TimeInForce } from './orders.ts'
import type { Side } from './units.ts'

/** Numbers of the words in digests and serialised State; append only. */
export const ORDER_TYPES: readonly OrderType[] = ['limit', 'market']
/** The same for times in force; append only. */
export const TIMES_IN_FORCE: readonly TimeInForce[] = ['GTC', 'IOC', 'FOK', 'postOnly']

export function digestTerms(terms: OrderTerms, digest: Digest): Digest {
  return digest
    .int(terms.key)
    .u32(terms.instrument)
    .u32(terms.side)
    .u32(ORDER_TYPES.indexOf(terms.orderType))
    .u32(TIMES_IN_FORCE.indexOf(terms.timeInForce))
    .u32(terms.price)
    .int(terms.qty)
}

export function writeTerms(terms: OrderTerms, writer: ByteWriter): ByteWriter {
  return writer
    .f64(terms.key)
    .i32(terms.instrument)
    .i32(terms.side)
    .u8(ORDER_TYPES.indexOf(terms.orderType))
    .u8(TIMES_IN_FORCE.indexOf(terms.timeInForce))
    .f64(terms.price)
    .f64(terms.qty)
}

export function readTerms(reader: ByteReader): OrderTerms {
  return {
    key: reader.f64(),
    instrument: reader.i32(),
    side: reader.i32() as Side,
    orderType: reader.pick(ORDER_TYPES),
    timeInForce: reader.pick(TIMES_IN_FORCE),
    price: reader.f64(),
    qty: reader.f64(),
  }
}
