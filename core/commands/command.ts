import type { ByteReader, ByteWriter } from '../codec.ts'
import type { Digest } from '../digest.ts'
import type { CommandKind } from '../intents.ts'
import { digestTerms, readTerms, writeTerms } from '../order-terms.ts'
import type { OrderKey, OrderTerms } from '../orders.ts'
import type { Nanos } from '../units.ts'

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
  /** Where Configuration excepts cancels: the request that a CANCEL passed, while it is open too. */
  readonly passed: CommandKind | null
  /**
   * What it asks for, as long as no Order says so: the terms of a NEW until its record, of a
   * REPLACE until its answer. They count as working already; null for a CANCEL alone.
   */
  readonly asked: OrderTerms | null
}

/** Default order of leaving: CANCEL, REPLACE, NEW; then age. */
export const COMMAND_KINDS: readonly CommandKind[] = ['cancel', 'replace', 'new']

const PASSED: readonly (CommandKind | null)[] = [null, ...COMMAND_KINDS]

export function digestCommand(command: PendingCommand, digest: Digest): void {
  digestTerms(command, digest)
  digest.u32(COMMAND_KINDS.indexOf(command.kind)).u32(COMMAND_KINDS.indexOf(command.sendAs))
  digest.int(command.sequence)
}

export function digestRequest(request: InflightRequest, digest: Digest): void {
  digest.int(request.key).u32(COMMAND_KINDS.indexOf(request.kind)).int(request.time)
  digest.u32(PASSED.indexOf(request.passed))
  if (request.asked === null) digest.u32(0)
  else digestTerms(request.asked, digest.u32(1))
}

export function writeCommand(command: PendingCommand, writer: ByteWriter): void {
  writeTerms(command, writer)
  writer.u8(COMMAND_KINDS.indexOf(command.kind)).u8(COMMAND_KINDS.indexOf(command.sendAs))
  writer.f64(command.sequence)
}

export function writeRequest(request: InflightRequest, writer: ByteWriter): void {
  writer.f64(request.key).u8(COMMAND_KINDS.indexOf(request.kind)).f64(request.time)
  writer.u8(PASSED.indexOf(request.passed))
  if (request.asked === null) writer.u8(0)
  else writeTerms(request.asked, writer.u8(1))
}

export function readCommand(reader: ByteReader): PendingCommand {
  const terms = readTerms(reader)
  const kind = reader.pick(COMMAND_KINDS)
  return { ...terms, kind, sendAs: reader.pick(COMMAND_KINDS), sequence: reader.f64() }
}

export function readRequest(reader: ByteReader): InflightRequest {
  const key = reader.f64()
  const kind = reader.pick(COMMAND_KINDS)
  const time = reader.f64()
  const passed = reader.pick(PASSED)
  return { key, kind, time, passed, asked: reader.u8() === 0 ? null : readTerms(reader) }
}
