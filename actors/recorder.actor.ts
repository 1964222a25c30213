import type { Nanos, OrderFilled, StateView } from '@escapement/core'
import { type Actor, actor, Priority } from './actor.ts'
import type { StepSummary } from './core.actor.ts'

/** One point of the account at a decision; money in units of 10^-quoteDecimals. */
export type EquityPoint = {
  readonly time: Nanos
  readonly position: number
  readonly equity: bigint | null
  readonly bid: number
  readonly ask: number
}

/** What a run leaves besides its Event Stream. */
export type Recording = {
  readonly fills: { readonly position: number; readonly fill: OrderFilled }[]
  readonly equity: EquityPoint[][]
}

export type RecorderPorts = { in: { summary: StepSummary }; out: Record<never, never> }

/**
 * Recorder: keeps fills and, at each decision, where the account stands. Observes only.
 *  in  summary  steps of the core that decided something or were not market data
 */
export const recorderActor = (view: StateView, recording: Recording): Actor<RecorderPorts> =>
  actor<RecorderPorts>()('recorder', { in: { summary: Priority.baton }, out: [] }, () => ({
    summary({ event, result }) {
      if (event.type === 'order.filled') {
        recording.fills.push({ position: result.position, fill: event })
      }
      if (!result.decided) return
      for (let i = 0; i < view.instruments.length; i++) {
        const touch = view.touch(i)
        const point = {
          time: view.now,
          position: view.positionOf(i),
          equity: view.equity(i),
          bid: touch?.bid ?? 0,
          ask: touch?.ask ?? 0,
        }
        const series = recording.equity[i]
        if (series === undefined) recording.equity[i] = [point]
        else series.push(point)
      }
    },
  }))
