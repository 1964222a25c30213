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
import type { OrderKey } from '../orders.ts'
import type { RateLevel, RateLevels } from '../rules/rate-rules.ts'
import { Account } from './account.ts'
import { EquityCurve } from './equity-curve.ts'
import { OrderTable } from './order-table.ts'
import { PendingQueue } from './pending-queue.ts'
import type { Portfolio } from './portfolio.ts'

/** The substate of Execution Control: what is pending and what the rate allows. */
export type ControlledWork = {
  readonly queue: PendingQueue
  /** By rate group. */
  rates: readonly RateLevels[]
  /** Next admission sequence. */
  nextSequence: number
}

/** Execution State: orders, accounts and the work that Execution Control still holds. */
export class ExecutionState implements Portfolio {
  readonly orders: OrderTable
  readonly accounts: readonly Account[]
  readonly equity: EquityCurve
  /**
   * By strategy, what its own fills made of the account. A statement of the Venue is about the
   * whole account and changes nothing here.
   */
  readonly own: readonly Portfolio[]
  readonly inflight: Map<OrderKey, InflightRequest>
  readonly work: ControlledWork

  constructor(parts: {
    readonly orders: OrderTable
    readonly accounts: readonly Account[]
    readonly equity: EquityCurve
    readonly own: readonly Portfolio[]
    readonly inflight: Map<OrderKey, InflightRequest>
    readonly work: ControlledWork
  }) {
    this.orders = parts.orders
    this.accounts = parts.accounts
    this.equity = parts.equity
    this.own = parts.own
    this.inflight = parts.inflight
    this.work = parts.work
  }

  /** What is under way of a key: most of the time nothing is, of any. */
  request(key: OrderKey): InflightRequest | undefined {
    return this.inflight.size === 0 ? undefined : this.inflight.get(key)
  }

  digest(digest: Digest): void {
    digest.u32(this.orders.digestLow).u32(this.orders.digestHigh)
    digestPortfolio(this, digest)
    for (const portfolio of this.own) digestPortfolio(portfolio, digest)
    digest.u32(this.inflight.size)
    for (const request of this.inflight.values()) digestRequest(request, digest)
    digest.u32(this.work.queue.size).int(this.work.nextSequence)
    for (const command of this.work.queue.values()) digestCommand(command, digest)
    for (const { orders, cancels } of this.work.rates) {
      digestLevel(orders, digest)
      digestLevel(cancels, digest)
    }
  }

  write(writer: ByteWriter): void {
    this.orders.write(writer)
    writePortfolio(this, writer)
    writer.i32(this.own.length)
    for (const portfolio of this.own) writePortfolio(portfolio, writer)
    writer.i32(this.inflight.size)
    for (const request of this.inflight.values()) writeRequest(request, writer)
    writer.i32(this.work.queue.size).f64(this.work.nextSequence)
    for (const command of this.work.queue.values()) writeCommand(command, writer)
    writer.i32(this.work.rates.length)
    for (const { orders, cancels } of this.work.rates) {
      writeLevel(orders, writer)
      writeLevel(cancels, writer)
    }
  }

  /** `groupOf` gives the rate group of each instrument. */
  static read(
    reader: ByteReader,
    terminalKept: number,
    groupOf: readonly number[],
  ): ExecutionState {
    const orders = OrderTable.read(reader, terminalKept)
    const { accounts, equity } = readPortfolio(reader)
    const own = Array.from({ length: reader.i32() }, () => readPortfolio(reader))
    const inflight = new Map<OrderKey, InflightRequest>()
    for (let rest = reader.i32(); rest > 0; rest--) {
      const request = readRequest(reader)
      inflight.set(request.key, request)
    }
    const queued = reader.i32()
    const nextSequence = reader.f64()
    const queue = new PendingQueue(groupOf)
    for (let rest = queued; rest > 0; rest--) queue.put(readCommand(reader))
    const rates = Array.from({ length: reader.i32() }, () => {
      const level = readLevel(reader)
      return { orders: level, cancels: readLevel(reader) }
    })
    const work = { queue, rates, nextSequence }
    return new ExecutionState({ orders, accounts, equity, own, inflight, work })
  }
}

function digestPortfolio({ accounts, equity }: Portfolio, digest: Digest): void {
  for (const account of accounts) account.digest(digest)
  equity.digest(digest)
}

function writePortfolio({ accounts, equity }: Portfolio, writer: ByteWriter): void {
  writer.i32(accounts.length)
  for (const account of accounts) account.write(writer)
  equity.write(writer)
}

function readPortfolio(reader: ByteReader): Portfolio {
  const accounts = Array.from({ length: reader.i32() }, () => Account.read(reader))
  return { accounts, equity: EquityCurve.read(reader) }
}

function digestLevel(level: RateLevel | null, digest: Digest): void {
  if (level === null) digest.u32(0)
  else digest.u32(1).int(level.tokens).int(level.time)
}

function writeLevel(level: RateLevel | null, writer: ByteWriter): void {
  if (level === null) writer.u8(0)
  else writer.u8(1).f64(level.tokens).f64(level.time)
}

function readLevel(reader: ByteReader): RateLevel | null {
  return reader.u8() === 0 ? null : { tokens: reader.f64(), time: reader.f64() }
}
