import { Core, type State, type StateView } from '@escapement/core'
import type { StepSummary } from '../../actors/core.actor.ts'
import { fillSimulator } from '../../actors/fill-simulator.actor.ts'
import { newCounters } from '../../actors/monitor.actor.ts'
import type { BacktestDefinition } from '../../runtime/backtest.ts'
import { EventLog } from '../../runtime/event-log/event-log.ts'
import { startTopology } from '../../runtime/run-topology.ts'
import { session } from '../../runtime/session.ts'

export type Watch = (summary: StepSummary, state: State, view: StateView) => void

/** The standard session; `watch` sees State right after each step that is no mere market data. */
export function watched(definition: BacktestDefinition, watch: Watch): Core {
  const { configuration, strategies, origin, feed, seed, context, name } = definition
  const core = new Core(configuration, strategies)
  const venue = fillSimulator(definition.venue)
  const parts = {
    name,
    core,
    seed,
    context,
    recording: { fills: [], equity: [] },
    counters: newCounters(),
  }
  const value = session({ origin, feed, venue, journal: new EventLog() }, parts)
  let failure: unknown
  const system = startTopology(value, {
    origin,
    prepare: (started) => {
      started.tap('core', 'summary').subscribe((summary) => {
        try {
          if (failure === undefined) watch(summary, core.state, core.view)
        } catch (cause) {
          failure = cause
        }
      })
    },
  })
  system.run()
  system.post('clock', 'close', { reason: 'endOfData' })
  system.run()
  if (failure !== undefined) throw failure
  return core
}
