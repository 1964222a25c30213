import {
  type CoreConfiguration,
  decimal,
  divideHalfEven,
  equityAt,
  formatDecimal,
  NO_ASK,
  NO_BID,
  parseDecimal,
  powerOfTen,
  type State,
  toScale,
} from '@escapement/core'
import type { BacktestResult } from '../backtest.ts'

/** One instrument's account at the end of a run; money as exact decimal text. */
export type InstrumentSummary = {
  readonly symbol: string
  readonly quote: string
  readonly positionLots: number
  readonly balance: string
  readonly fee: string
  /** Null while the book has an empty side and a position is held. */
  readonly equity: string | null
  readonly volumeLots: number
  readonly turnover: string
  readonly fills: number
}

/** The one object that `backtest --json` prints. */
export type RunSummary = {
  readonly status: 'done'
  readonly name: string
  readonly runDirectory: string
  readonly rows: number
  readonly events: number
  readonly decisions: number
  readonly orders: number
  readonly fills: number
  /** Null with several instruments, whose lots do not add up. */
  readonly positionLots: number | null
  readonly balance: string
  readonly fee: string
  readonly equity: string | null
  readonly eventLogHash: string
  readonly stateHash: string
  readonly configFingerprint: string
  readonly dataHash: string
  readonly topologyHash: string
  readonly instruments: readonly InstrumentSummary[]
  readonly denials: Readonly<Record<string, number>>
  readonly closures: Readonly<Record<string, number>>
  readonly seed: number
  readonly wallSeconds: number
  readonly loadSeconds: number
  readonly rowsPerSecond: number
  readonly peakRssBytes: number
}

function instrumentSummaries(state: State, configuration: CoreConfiguration): InstrumentSummary[] {
  return configuration.instruments.map(({ symbol, quote, quoteDecimals }, index) => {
    const account = state.execution.accounts[index]!
    const money = (units: bigint) => formatDecimal(decimal(units, quoteDecimals))
    return {
      symbol,
      quote,
      positionLots: account.position,
      balance: money(account.cash),
      fee: money(account.fees),
      equity: equityOf(state, index, money),
      volumeLots: account.volume,
      turnover: money(account.turnover),
      fills: account.fills,
    }
  })
}

function equityOf(state: State, index: number, money: (units: bigint) => string): string | null {
  const account = state.execution.accounts[index]!
  const { bestBid, bestAsk } = state.market[index]!.book
  if (bestBid === NO_BID || bestAsk === NO_ASK) {
    return account.position === 0 ? money(account.cash - account.fees) : null
  }
  return money(equityAt(account, state.money[index]!, bestBid, bestAsk))
}

export type Measured = {
  readonly rows: number
  readonly dataHash: string
  readonly configFingerprint: string
  readonly runDirectory: string
  readonly wallSeconds: number
  readonly loadSeconds: number
}

export function summarise(
  name: string,
  seed: number,
  result: BacktestResult,
  configuration: CoreConfiguration,
  measured: Measured,
): RunSummary {
  const instruments = instrumentSummaries(result.state, configuration)
  const { counters, recording } = result
  return {
    status: 'done',
    name,
    runDirectory: measured.runDirectory,
    rows: measured.rows,
    events: result.events,
    decisions: counters.decisions,
    orders: counters.events.get('order.submitted') ?? 0,
    fills: recording.fills.length,
    positionLots: instruments.length === 1 ? instruments[0]!.positionLots : null,
    balance: sum(instruments.map(({ balance }) => balance)),
    fee: sum(instruments.map(({ fee }) => fee)),
    equity: sumOrNull(instruments.map(({ equity }) => equity)),
    eventLogHash: result.eventLogHash,
    stateHash: result.stateHash,
    configFingerprint: measured.configFingerprint,
    dataHash: measured.dataHash,
    topologyHash: result.topologyHash,
    instruments,
    denials: Object.fromEntries(counters.denials),
    closures: Object.fromEntries(counters.closures),
    seed,
    wallSeconds: measured.wallSeconds,
    loadSeconds: measured.loadSeconds,
    rowsPerSecond: Math.round(measured.rows / measured.wallSeconds),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  }
}

/** Exact sum of decimal texts; instruments of one run share their currency. */
function sum(texts: readonly string[]): string {
  const values = texts.map((text) => parseDecimal(text))
  const scale = Math.max(0, ...values.map((value) => value.scale))
  const digits = values.reduce((acc, value) => acc + toScale(value, scale)!, 0n)
  return formatDecimal(decimal(digits, scale))
}

function sumOrNull(texts: readonly (string | null)[]): string | null {
  const known = texts.filter((text) => text !== null)
  return known.length === texts.length ? sum(known) : null
}

/** Decimal text rounded half to even to `scale` decimals, for people. */
export function round(text: string, scale: number): string {
  const value = parseDecimal(text)
  if (value.scale <= scale) return text
  return formatDecimal(
    decimal(divideHalfEven(value.digits, powerOfTen(value.scale - scale)), scale),
  )
}
