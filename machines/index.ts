/**
 * The law of the escapement runtime: what an Order, an Intent, a queue slot or a session may
 * become, as XState machines, and a compiler that turns a statechart into flat tables.
 */
export { type CompileOptions, compile } from './compile.ts'
export type { Chart, ChartOf, Instance } from './compiler/chart.ts'
export { CompileError } from './compiler/compile-error.ts'
export { DEPENDS, ILLEGAL } from './compiler/run.ts'
export { type ControlTimeSignal, controlTime } from './control-time.machine.ts'
export { describeMachine, toStateList, toTransitionTable } from './describe.ts'
export { type FeedHealthSignal, feedHealth } from './feed-health.machine.ts'
export { type IntentSignal, intentLifecycle } from './intent-lifecycle.machine.ts'
export { toMermaid } from './mermaid.ts'
export { type OrderSignal, orderLifecycle } from './order-lifecycle.machine.ts'
export { type QueueSlotSignal, queueSlot } from './queue-slot.machine.ts'
export { type RateGateSignal, rateGate } from './rate-gate.machine.ts'
export { type MachineEntry, type MachineName, machineNames, machines } from './registry.ts'
export { type SessionSignal, session } from './session.machine.ts'
export { type SupervisionSignal, supervision } from './supervision.machine.ts'
export { type TradingSwitchSignal, tradingSwitch } from './trading-switch.machine.ts'
