import type { ByteReader, ByteWriter } from '../codec.ts'
import type { Digest } from '../digest.ts'
import type { OrderFilled } from '../events.ts'
import type { MoneyRule } from '../money.ts'
import type { QtyLots } from '../units.ts'

/**
 * Position and exact cash of one instrument. Cash is before fees and funding; the balance is `cash -
 * fees + funding`, and what the account is worth at a mid is that and the value of the position (for an inverse contract the position's value
 * counts against the cash that opening it brought).
 */
export class Account {
  /** Signed lots: positive is long. */
  position: QtyLots = 0
  /** Signed cash from fills before fees, in money units (10^-quoteDecimals). */
  cash = 0n
  /** Sum of fees in money units; positive was paid. */
  fees = 0n
  /** Sum of funding in money units; positive was received. */
  funding = 0n
  /** Sum of filled lots, whatever their side. */
  volume: QtyLots = 0
  /** Sum of the unsigned values of fills, in money units. */
  turnover = 0n
  /** Number of fills booked. */
  fills = 0

  /** Books `qty` lots of a fill; the report's own price and fee. */
  book(fill: OrderFilled, qty: QtyLots, money: MoneyRule): void {
    const amount = money.amount(fill.lastPrice, qty)
    this.position += fill.side * qty
    this.cash += money.cashSign() * BigInt(fill.side) * amount
    this.fees += BigInt(fill.fee)
    this.volume += qty
    this.turnover += amount
    this.fills++
  }

  /** Adds every field to `digest`. */
  digest(digest: Digest): void {
    digest.int(this.position).big(this.cash).big(this.fees).int(this.volume).big(this.turnover)
    digest.int(this.fills)
    if (this.funding !== 0n) digest.big(this.funding)
  }

  /** Writes every field but `funding`, to be read back by `Account.read`. */
  write(writer: ByteWriter): void {
    writer.f64(this.position).big(this.cash).big(this.fees).f64(this.volume).big(this.turnover)
    writer.f64(this.fills)
  }

  /** Reads what `write` wrote. @throws ESC_STATE_RESTORE when bytes are missing. */
  static read(reader: ByteReader): Account {
    const account = new Account()
    account.position = reader.f64()
    account.cash = reader.big()
    account.fees = reader.big()
    account.volume = reader.f64()
    account.turnover = reader.big()
    account.fills = reader.f64()
    return account
  }
}

/** What the account is worth at the mid of `bid` and `ask`, net of fees and funding, in money units. */
export function equityAt(account: Account, money: MoneyRule, bid: number, ask: number): bigint {
  const flat = account.cash - account.fees + account.funding
  if (account.position === 0) return flat
  const value = money.amountAtMid(bid, ask, Math.abs(account.position))
  const sign = account.position > 0 ? 1n : -1n
  return flat - money.cashSign() * sign * value
}
