import type { Position } from '@escapement/core'
import type { LogDamage } from '../../actors/ports.ts'
import type { Difference } from '../replay/owed.ts'
import type { StateReport } from './describe-state.ts'
import { table } from './terminal.ts'

/** The one object that `replay --json` prints. */
export type ReplayReport = {
  readonly schema: 'escapement/replay-1'
  readonly status: 'same' | 'differs' | 'damaged'
  readonly directory: string
  /** The first position that was replayed and the last that was reached. */
  readonly from: Position
  readonly position: Position
  readonly steps: number
  /** Digests that were compared. */
  readonly compared: { readonly steps: number; readonly states: number }
  readonly difference: (Difference & { readonly position: Position }) | null
  readonly damage: LogDamage | null
  /** With --verify=all: SHA-256 over the digest of State after every position. */
  readonly stateChain: string | null
  readonly stateHash: string
  readonly seconds: number
  readonly eventsPerSecond: number
  readonly state: StateReport
}

/** What a person sees: how far the replay went, what was compared, and where State stands. */
export function describeReplay(report: ReplayReport): string {
  const { directory, from, position, steps, compared, difference, damage, state } = report
  const speed = `${steps} in ${report.seconds.toFixed(2)} s (${report.eventsPerSecond} events/s)`
  const lines: (readonly [string, string])[] = [
    ['positions', `${from} to ${position}: ${speed}`],
    ['compared', `${compared.steps} steps, ${compared.states} States`],
    ['verdict', verdictOf(report)],
  ]
  if (difference !== null) {
    lines.push(['recorded', difference.recorded], ['recomputed', difference.recomputed])
  }
  if (damage !== null) {
    lines.push([
      'damage',
      `${damage.file}, byte ${damage.byte}: ${damage.found}; ${damage.lost} bytes lost`,
    ])
  }
  if (report.stateChain !== null) lines.push(['state chain', report.stateChain])
  lines.push(
    ['time', `${state.timeNs} ns`],
    ['touch', Object.entries(state.touch).map(touchText).join(', ')],
    [
      'position',
      state.instruments.map((one) => `${one.positionLots} lots of ${one.symbol}`).join(', '),
    ],
    ['balance', state.balance],
    ['equity', state.equity ?? 'unknown'],
    [
      'orders',
      `${state.openOrders.length} open, ${state.waiting.length} waiting, ${state.inflight.length} in flight`,
    ],
    ...state.openOrders.map(({ order, side, price, leavesQty, status }) => {
      const text = `${side === 1 ? 'buy' : 'sell'} ${leavesQty} lots at tick ${price}, ${status}`
      return ['', `${order}: ${text}`] as const
    }),
    ['state', report.stateHash],
  )
  return `${directory}\n${table(lines)}`
}

function verdictOf({ status, difference }: ReplayReport): string {
  if (status === 'same') return 'what was recomputed is what was recorded'
  if (difference === null) return 'the log is damaged; up to there it is what was recorded'
  return `differs at position ${difference.position}: ${difference.kind}`
}

const touchText = ([symbol, touch]: readonly [string, ReplayReport['state']['touch'][string]]) =>
  `${symbol} ${touch === null ? 'without two sides' : `${touch.bid} / ${touch.ask}`}`
