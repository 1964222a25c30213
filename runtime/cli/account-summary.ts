import {
  type Account,
  accountEquity,
  type CoreConfiguration,
  decimal,
  formatDecimal,
  type State,
} from '@escapement/core'
import { sum, sumOrNull } from './decimal-text.ts'

/** One instrument's account at the end of a run; money as exact decimal text. */
export type InstrumentSummary = {
  readonly symbol: string
  readonly quote: string
  readonly positionLots: number
  readonly balance: string
  readonly fee: string
  /** Received less paid; absent if there was none. */
  readonly funding?: string
  /** Null while the book has an empty side and a position is held. */
  readonly equity: string | null
  readonly volumeLots: number
  readonly turnover: string
  readonly fills: number
}

/** What the account has, or what one strategy's own fills made of it; money as decimal text. */
export type AccountSummary = {
  /** Null with several instruments, whose lots do not add up. */
  readonly positionLots: number | null
  readonly balance: string
  readonly fee: string
  readonly equity: string | null
  readonly instruments: readonly InstrumentSummary[]
}

/** `accounts` are by instrument: those of the whole account or of one strategy. */
export function accountSummary(
  state: State,
  configuration: CoreConfiguration,
  accounts: readonly Account[],
): AccountSummary {
  const instruments = configuration.instruments.map(({ symbol, quote, quoteDecimals }, index) => {
    const account = accounts[index]!
    const money = (units: bigint) => formatDecimal(decimal(units, quoteDecimals))
    const equity = accountEquity(state, index, account)
    return {
      symbol,
      quote,
      positionLots: account.position,
      balance: money(account.cash),
      fee: money(account.fees),
      ...(account.funding === 0n ? {} : { funding: money(account.funding) }),
      equity: equity === null ? null : money(equity),
      volumeLots: account.volume,
      turnover: money(account.turnover),
      fills: account.fills,
    }
  })
  return {
    positionLots: instruments.length === 1 ? instruments[0]!.positionLots : null,
    balance: sum(instruments.map(({ balance }) => balance)),
    fee: sum(instruments.map(({ fee }) => fee)),
    equity: sumOrNull(instruments.map(({ equity }) => equity)),
    instruments,
  }
}
