import { CodedError } from '@escapement/core'
import type { LogHeader } from '../../actors/ports.ts'
import type { SyncPolicy } from '../../adapters/event-log/segmented-log.ts'
import { strategiesOf } from '../config/schema.ts'
import { softwareVersion } from './output.ts'
import type { BacktestFlags, PreparedBacktest } from './prepare-backtest.ts'

export type LogFlags = {
  readonly market: LogHeader['market']
  readonly sync: SyncPolicy
  /** Positions between snapshots of State; null for none. */
  readonly every: number | null
}

/** @throws ESC_USAGE when a flag of the event log is not understood */
export function logFlags({
  log = 'reference',
  sync = 'at-end',
  snapshots,
}: BacktestFlags): LogFlags {
  if (log !== 'reference' && log !== 'full') {
    throw new CodedError('ESC_USAGE', { field: '--log', found: log, needed: 'reference or full' })
  }
  return { market: log, sync: parseSync(sync), every: parseEvery(snapshots) }
}

function parseEvery(found: string | undefined): number | null {
  if (found === undefined) return null
  if (/^[1-9]\d{0,11}$/.test(found)) return Number(found)
  throw new CodedError('ESC_USAGE', {
    field: '--snapshots',
    found,
    needed: 'a number of positions',
  })
}

function parseSync(text: string): SyncPolicy {
  if (text === 'at-end') return 'atEnd'
  if (text === 'always') return 'always'
  const [, ms] = /^(\d{1,6})ms$/.exec(text) ?? []
  if (ms !== undefined) return { everyMs: Number(ms) }
  const needed = 'at-end, always, or a number of milliseconds as in 100ms'
  throw new CodedError('ESC_USAGE', { field: '--sync', found: text, needed })
}

/** What the event log of a run says of itself; the topology is added once it is made. */
export function logHeaderOf(
  { config, configFingerprint, data, definition, strategyIdentities }: PreparedBacktest,
  market: LogHeader['market'],
): Omit<LogHeader, 'topologyHash'> {
  return {
    schema: 'escapement/log-1',
    software: softwareVersion(),
    originNs: definition.origin.toString(),
    seed: config.seed,
    configFingerprint,
    strategies: strategiesOf(config).map(({ name }, i) => {
      return { name, identity: strategyIdentities[i]! }
    }),
    data: data.map(({ name, hash, rows }) => ({ name, hash, rows: rows.length })),
    market,
  }
}
