import type { ByteReader, ByteWriter } from '../codec.ts'
import type { Digest } from '../digest.ts'
import type { CommandKind } from '../intents.ts'
import type { OrderKey, OrderTerms } from '../orders.ts'
import { ORDER_TYPES, TIMES_IN_FORCE } from '../state/order-table.ts'
import type { Nanos, Side } from '../units.ts'

/**
 * The one effective, allowed, not yet dispatched command of an order key. A REPLACE that found a
 * pending NEW carries that NEW's other terms (`sendAs` is then `new`).
 */
export type PendingCommand = OrderTerms & {
  readonly kind: CommandKind
  readonly sendAs: CommandKind
  /** Admission order; a superseding command takes a new one. */
  readonly sequence: number
}

/** A request on its way to the Venue or not yet answered: at most one a key (EC5). */
export type InflightRequest = {
  readonly key: OrderKey
  readonly kind: CommandKind
  readonly time: Nanos
}

/** Default order of leaving: CANCEL, REPLACE, NEW; then age. */
export const COMMAND_KINDS: readonly CommandKind[] = ['cancel', 'replace', 'new']

/** Order of Queue Processing: by what is sent, then by admission. A sequence is never shared. */
export function compareCommands(a: PendingCommand, b: PendingCommand): number {
  return (
    COMMAND_KINDS.indexOf(a.sendAs) - COMMAND_KINDS.indexOf(b.sendAs) || a.sequence - b.sequence
  )
}

export function digestCommand(command: PendingCommand, digest: Digest): void {
  digest.int(command.key).u32(command.instrument).u32(command.side)
  digest.u32(ORDER_TYPES.indexOf(command.orderType))
  digest.u32(TIMES_IN_FORCE.indexOf(command.timeInForce))
  digest.u32(command.price).int(command.qty).u32(COMMAND_KINDS.indexOf(command.kind))
  digest.u32(COMMAND_KINDS.indexOf(command.sendAs)).int(command.sequence)
}

export function writeCommand(command: PendingCommand, writer: ByteWriter): void {
  writer.f64(command.key).i32(command.instrument).i32(command.side)
  writer.u8(ORDER_TYPES.indexOf(command.orderType))
  writer.u8(TIMES_IN_FORCE.indexOf(command.timeInForce))
  writer.f64(command.price).f64(command.qty)
  writer.u8(COMMAND_KINDS.indexOf(command.kind)).u8(COMMAND_KINDS.indexOf(command.sendAs))
  writer.f64(command.sequence)
}

export function readCommand(reader: ByteReader): PendingCommand {
  return {
    key: reader.f64(),
    instrument: reader.i32(),
    side: reader.i32() as Side,
    orderType: ORDER_TYPES[reader.u8()]!,
    timeInForce: TIMES_IN_FORCE[reader.u8()]!,
    price: reader.f64(),
    qty: reader.f64(),
    kind: COMMAND_KINDS[reader.u8()]!,
    sendAs: COMMAND_KINDS[reader.u8()]!,
    sequence: reader.f64(),
  }
}
