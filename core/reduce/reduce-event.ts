import type { Closure } from '../commands/closure.ts'
import {
  type Anomaly,
  type ControlEvent,
  type CoreEvent,
  eventCategory,
  type MarketEvent,
  type OrderReport,
} from '../events.ts'
import type { State } from '../state/state.ts'
import { reduceControl } from './reduce-control.ts'
import { reduceStatement } from './reduce-equity.ts'
import {
  reduceDispatched,
  reduceDispatchFailed,
  reduceReport,
  reduceSubmitted,
} from './reduce-execution.ts'

/** What reduction closed, and what it found amiss. */
export type StepNotes = { readonly closures: Closure[]; readonly anomalies: Anomaly[] }

/** State <- State + Event. A throw here is our own mistake and halts the run. */
export function reduceEvent(
  state: State,
  event: Exclude<CoreEvent, MarketEvent>,
  notes: StepNotes,
): void {
  switch (event.type) {
    case 'order.submitted':
      reduceSubmitted(state, event)
      break
    case 'intent.dispatched':
      reduceDispatched(state, event)
      break
    case 'dispatch.failed':
      reduceDispatchFailed(state, event)
      break
    case 'intent.rejected':
      break
    case 'account.updated':
      reduceStatement(state, event, notes.anomalies)
      break
    case 'account.funded':
      state.execution.accounts[event.instrument]!.funding += BigInt(event.amount)
      break
    default:
      if (isReport(event)) reduceReport(state, event, notes.anomalies)
      else reduceControl(state, event, notes.closures)
  }
}

const isReport = (event: OrderReport | ControlEvent): event is OrderReport =>
  eventCategory(event) === 'execution'
