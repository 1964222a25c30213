import type { ByteReader, ByteWriter } from '../codec.ts'
import {
  digestCommand,
  digestRequest,
  type InflightRequest,
  readCommand,
  readRequest,
  writeCommand,
  writeRequest,
} from '../commands/command.ts'
import type { Digest } from '../digest.ts'
import type { RateLevel } from '../execution-control/rate-capacity.ts'
import type { OrderKey, OrderTerms } from '../orders.ts'
import { Account } from './account.ts'
import { EquityCurve } from './equity-curve.ts'
import { OrderTable } from './order-table.ts'
import { PendingQueue } from './pending-queue.ts'

export type RateClass = 'orders' | 'cancels'
/** Null where no limit is configured. */
export type RateLevels = { readonly [C in RateClass]: RateLevel | null }

/** The substate of Execution Control: what is pending and what the rate allows. */
export type ControlledWork = {
  readonly queue: PendingQueue
  readonly rates: RateLevels
  /** Next admission sequence. */
  readonly nextSequence: number
}

/** Execution State: orders, accounts and the work that Execution Control still holds. */
export class ExecutionState {
  readonly orders: OrderTable
  readonly accounts: readonly Account[]
  readonly equity: EquityCurve
  readonly inflight: Map<OrderKey, InflightRequest>
  work: ControlledWork

  constructor(parts: {
    readonly orders: OrderTable
    readonly accounts: readonly Account[]
    readonly equity: EquityCurve
    readonly inflight: Map<OrderKey, InflightRequest>
    readonly work: ControlledWork
  }) {
    this.orders = parts.orders
    this.accounts = parts.accounts
    this.equity = parts.equity
    this.inflight = parts.inflight
    this.work = parts.work
  }

  /**
   * Terms that the key has at the Venue as far as is known: those of its Order, or of a NEW that
   * has left and is not recorded yet.
   */
  termsOf(key: OrderKey): OrderTerms | undefined {
    return this.orders.get(key) ?? this.inflight.get(key)?.asked ?? undefined
  }

  digest(digest: Digest): void {
    digest.u32(this.orders.digestLow).u32(this.orders.digestHigh)
    for (const account of this.accounts) account.digest(digest)
    this.equity.digest(digest)
    digest.u32(this.inflight.size)
    for (const request of this.inflight.values()) digestRequest(request, digest)
    digest.u32(this.work.queue.size).int(this.work.nextSequence)
    for (const command of this.work.queue.values()) digestCommand(command, digest)
    for (const level of [this.work.rates.orders, this.work.rates.cancels]) {
      if (level === null) digest.u32(0)
      else digest.u32(1).int(level.tokens).int(level.time)
    }
  }

  write(writer: ByteWriter): void {
    this.orders.write(writer)
    writer.i32(this.accounts.length)
    for (const account of this.accounts) account.write(writer)
    this.equity.write(writer)
    writer.i32(this.inflight.size)
    for (const request of this.inflight.values()) writeRequest(request, writer)
    writer.i32(this.work.queue.size).f64(this.work.nextSequence)
    for (const command of this.work.queue.values()) writeCommand(command, writer)
    for (const level of [this.work.rates.orders, this.work.rates.cancels]) {
      if (level === null) writer.u8(0)
      else writer.u8(1).f64(level.tokens).f64(level.time)
    }
  }

  static read(reader: ByteReader, terminalKept: number): ExecutionState {
    const orders = OrderTable.read(reader, terminalKept)
    const accounts = Array.from({ length: reader.i32() }, () => Account.read(reader))
    const equity = EquityCurve.read(reader)
    const inflight = new Map<OrderKey, InflightRequest>()
    for (let rest = reader.i32(); rest > 0; rest--) {
      const request = readRequest(reader)
      inflight.set(request.key, request)
    }
    const queued = reader.i32()
    const nextSequence = reader.f64()
    const queue = new PendingQueue()
    for (let rest = queued; rest > 0; rest--) queue.put(readCommand(reader))
    const rates = { orders: readLevel(reader), cancels: readLevel(reader) }
    const work = { queue, rates, nextSequence }
    return new ExecutionState({ orders, accounts, equity, inflight, work })
  }
}

function readLevel(reader: ByteReader): RateLevel | null {
  return reader.u8() === 0 ? null : { tokens: reader.f64(), time: reader.f64() }
}
