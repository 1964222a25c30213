import type { Recording } from '../../actors/recorder.actor.ts'
import type { AccountSummary } from './account-summary.ts'
import { round } from './decimal-text.ts'
import type { StrategySummary } from './strategy-summary.ts'
import type { RunSummary } from './summary.ts'
import { sparkline, table } from './terminal.ts'

type Line = readonly [name: string, value: string]

const CHART_WIDTH = 60

/** What a person sees: where the account stands, what happened, how fast, and where it lies. */
export function describeRun(summary: RunSummary, { equity: [points = []] }: Recording): string {
  const worth = points.map(({ equity }) => equity).filter((units) => units !== null)
  const seconds = summary.wallSeconds.toFixed(2)
  const { strategies = [], disabled } = summary
  const lines: Line[] = [
    ['rows', `${summary.rows} in ${seconds} s (${summary.rowsPerSecond} rows/s)`],
    ['events', `${summary.events}, of them ${summary.decisions} with a decision`],
    ['orders', `${summary.orders}, filled ${summary.fills} times`],
    ['denied', counts(summary.denials) || 'none'],
    ['closed unsent', counts(summary.closures) || 'none'],
    ['position', held(summary)],
    ['balance', money(summary, summary.balance)],
    ['fees', money(summary, summary.fee)],
    ['equity', money(summary, summary.equity)],
    ['', sparkline(worth.map(Number), CHART_WIDTH)],
    ['statistics', statisticsLine(summary)],
    ...strategies.flatMap(describeStrategy),
    ...disabled.map(({ strategy, position, reason }): Line => {
      return ['disabled', `${strategy} at position ${position}: ${reason.split('\n')[0]}`]
    }),
    ['event log', summary.eventLogHash],
    ['state', summary.stateHash],
    ['run', summary.runDirectory],
  ]
  return `${summary.name}\n${table(lines)}`
}

function statisticsLine(summary: RunSummary): string {
  const { intervalNs, sharpe, maxDrawdown, hitRatio, roundTrips } = summary.statistics
  const ratio = sharpe === null ? 'unknown' : `${sharpe.toFixed(3)} per ${intervalNs / 1e9} s`
  const hits = hitRatio === null ? 'none' : `${(hitRatio * 100).toFixed(1)} % of ${roundTrips}`
  const fall = money(summary, maxDrawdown)
  return `Sharpe ${ratio}; drawdown ${fall}; round trips won ${hits}`
}

/** What it did and denials of it, and below what its own fills made. */
function describeStrategy(strategy: StrategySummary): Line[] {
  const { name, orders, fills, denials, fee, equity } = strategy
  const byScope = [counts(denials.own, ' by its own limits'), counts(denials.account)]
  const denied = byScope.filter((text) => text !== '').join(', ')
  return [
    [name, `${orders} orders, filled ${fills} times, denied ${denied || 'none'}`],
    ['', `${held(strategy)}; fees ${money(strategy, fee)}; equity ${money(strategy, equity)}`],
  ]
}

const held = ({ instruments }: AccountSummary): string =>
  instruments.map(({ symbol, positionLots }) => `${positionLots} lots of ${symbol}`).join(', ')

const money = ({ instruments }: AccountSummary, text: string | null): string =>
  text === null ? 'unknown' : `${round(text, 4)} ${instruments[0]!.quote}`

const counts = (byReason: Readonly<Record<string, number>>, suffix = ''): string =>
  Object.entries(byReason)
    .map(([reason, count]) => `${count} ${reason}${suffix}`)
    .join(', ')
