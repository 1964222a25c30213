import { decimal, formatDecimal, formatOrderKey, type Instrument, multiply } from '@escapement/core'
import type { Recording } from '../../actors/recorder.actor.ts'
import type { BacktestDefinition, BacktestResult } from '../backtest.ts'

/** What a run leaves besides its log and its summary, by the name of the file. */
export function tablesOf(
  { configuration, origin }: BacktestDefinition,
  { recording, mermaid }: BacktestResult,
): readonly (readonly [name: string, text: string])[] {
  const { instruments, namespaces } = configuration
  return [
    ['fills.csv', fillsCsv(recording, instruments, namespaces, origin)],
    ['equity.csv', equityCsv(recording, instruments, origin)],
    ['topology.mmd', mermaid],
  ]
}

/** Fills as CSV: exact decimals, times in epoch ns, and why each happened. */
export function fillsCsv(
  recording: Recording,
  instruments: readonly Instrument[],
  namespaces: readonly string[],
  originNs: bigint,
): string {
  const lines = [
    'position,time_ns,exch_time_ns,instrument,order,exec_id,side,price,qty,cum_qty,leaves_qty,' +
      'liquidity,fee,cause,cause_row,queue_before,queue_after',
  ]
  for (const { position, fill } of recording.fills) {
    const { tickSize, lotSize, quoteDecimals, symbol } = instruments[fill.instrument]!
    const price = multiply(decimal(BigInt(fill.lastPrice), 0), tickSize)
    const qty = (lots: number) => formatDecimal(multiply(decimal(BigInt(lots), 0), lotSize))
    const cells = [
      position,
      originNs + BigInt(fill.time),
      originNs + BigInt(fill.exchTime),
      symbol,
      formatOrderKey(fill.key, namespaces),
      fill.execId,
      fill.side === 1 ? 'buy' : 'sell',
      formatDecimal(price),
      qty(fill.lastQty),
      qty(fill.cumQty),
      qty(fill.leavesQty),
      fill.liquidity,
      formatDecimal(decimal(BigInt(fill.fee), quoteDecimals)),
      fill.cause,
      fill.causeRow,
      fill.queueBefore,
      fill.queueAfter,
    ]
    lines.push(cells.join(','))
  }
  return `${lines.join('\n')}\n`
}

/** The account at each decision as CSV. */
export function equityCsv(
  recording: Recording,
  instruments: readonly Instrument[],
  originNs: bigint,
): string {
  const lines = ['time_ns,instrument,position_lots,equity,bid_ticks,ask_ticks']
  recording.equity.forEach((points, index) => {
    const { symbol, quoteDecimals } = instruments[index]!
    for (const { time, position, equity, bid, ask } of points) {
      const worth = equity === null ? '' : formatDecimal(decimal(equity, quoteDecimals))
      lines.push([originNs + BigInt(time), symbol, position, worth, bid, ask].join(','))
    }
  })
  return `${lines.join('\n')}\n`
}
