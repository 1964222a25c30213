import type { AnyStateMachine } from 'xstate'
import { compile } from './compile.ts'
import type { ChartOf } from './compiler/chart.ts'
import { controlTime } from './control-time.machine.ts'
import { feedHealth } from './feed-health.machine.ts'
import { intentLifecycle } from './intent-lifecycle.machine.ts'
import { orderLifecycle } from './order-lifecycle.machine.ts'
import { queueSlot } from './queue-slot.machine.ts'
import { rateGate } from './rate-gate.machine.ts'
import { session } from './session.machine.ts'
import { supervision } from './supervision.machine.ts'
import { tradingSwitch } from './trading-switch.machine.ts'

/** A machine with its compiled form and the question it answers. */
export interface MachineEntry<M extends AnyStateMachine = AnyStateMachine> {
  /** The XState machine, the only source. */
  readonly machine: M
  /** The same, compiled. */
  readonly chart: ChartOf<M>
  /** One sentence: what the machine answers. */
  readonly description: string
}

/** Every machine of the project by name: its id, and the name of its file. */
export const machines = Object.freeze({
  'order-lifecycle': entry(orderLifecycle),
  'intent-lifecycle': entry(intentLifecycle),
  'queue-slot': entry(queueSlot),
  'rate-gate': entry(rateGate),
  'control-time': entry(controlTime),
  session: entry(session),
  'trading-switch': entry(tradingSwitch),
  'feed-health': entry(feedHealth),
  supervision: entry(supervision),
})

/** Id of a machine of the project. */
export type MachineName = keyof typeof machines

/** Lists the names of the machines in the order of the registry. */
export const machineNames = Object.freeze(Object.keys(machines) as MachineName[])

function entry<M extends AnyStateMachine>(machine: M): MachineEntry<M> {
  const description = machine.root.description ?? ''
  return Object.freeze({ machine, chart: compile(machine), description })
}
