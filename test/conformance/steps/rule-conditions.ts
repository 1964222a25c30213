import { isOpen } from '../../../core/commands/dominance.ts'
import { entriesOf, type Json, type VectorEvent, type VectorIntent } from './format.ts'
import { count } from './grid.ts'
import type { StepContext } from './run-steps.ts'

/** What rules ask of a step and of the vector before it. */
/** `lifecycle.BTC-PERP.q1.submitted_ns` -> `BTC-PERP.q1`. */
export const nameIn = (path: string): string => path.split('.').slice(1, -1).join('.')

export function isUnanswered(path: string, drive: StepContext['drive']): boolean {
  for (const { key } of drive.turn.state.execution.inflight.values()) {
    const { instrument, id } = drive.keys.nameOf(key)
    if (`${instrument}.${id}` === nameIn(path)) return true
  }
  return false
}

export const refsOf = (refs: Json): readonly string[] =>
  Array.isArray(refs) ? (refs as readonly string[]) : []
export const sameRefs = (a: readonly string[], b: Json): boolean =>
  JSON.stringify(a) === JSON.stringify(b ?? [])

/** Whether the order that a queued REPLACE or CANCEL is for can still be changed. */
export function isAlive(ref: string, { vector, drive }: StepContext): boolean {
  const [step, k] = ref.split(/[.:]/).map(Number)
  const intent = vector.steps[step!]?.intents?.[k!]
  if (intent === undefined || intent.type === 'new') return true
  const { instrument, client_order_id: id } = intent
  const key = drive.keys.recorded({ instrument, id })
  return key === undefined || isOpen(drive.turn.state.execution.orders.get(key))
}

export function isOffGrid(
  intent: VectorIntent,
  instruments: StepContext['drive']['instruments'],
): boolean {
  const { tick, lot } = instruments.get(intent.instrument)!
  const price = intent.price !== undefined && !isMultiple(intent.price, tick)
  return price || (intent.qty !== undefined && !isMultiple(intent.qty, lot))
}

/** Exactly, without the tolerance of the grid. */
function isMultiple(value: number, unit: Parameters<typeof count>[1]): boolean {
  const steps = value / Number(`${unit.digits}e-${unit.scale}`)
  return count(value, unit).onGrid && Number.isInteger(steps)
}

export function eventsSoFar({ vector, index }: StepContext): VectorEvent[] {
  const steps = vector.steps.slice(0, index + 1)
  return steps.flatMap((step) => entriesOf(step).map(({ event }) => event))
}

/** The last book of the instrument that a `market.` path names. */
export function lastBooks(context: StepContext, path: string): VectorEvent[] {
  const books = eventsSoFar(context).filter(({ type, instrument }) => {
    return type === 'market' && path.startsWith(`market.${instrument}.`)
  })
  return books.slice(-1)
}

export function isCrossedOrUnsorted({ bids = [], asks = [] }: VectorEvent): boolean {
  const falls = bids.every(([price], i) => i === 0 || price < bids[i - 1]![0])
  const rises = asks.every(([price], i) => i === 0 || price > asks[i - 1]![0])
  return !falls || !rises || (bids[0]?.[0] ?? 0) >= (asks[0]?.[0] ?? Number.POSITIVE_INFINITY)
}

export const hasPriceOfZero = ({ bids = [], asks = [] }: VectorEvent): boolean =>
  bids[0]?.[0] === 0 || asks[0]?.[0] === 0

export const isFillOf = (
  { type, instrument, client_order_id }: VectorEvent,
  path: string,
): boolean => type === 'fill' && `${instrument}.${client_order_id}` === nameIn(path)

export function isUnknownFill(event: VectorEvent, path: string, { drive }: StepContext): boolean {
  const { type, instrument = '', client_order_id: id = '' } = event
  const unknown = type === 'fill' && drive.keys.recorded({ instrument, id }) === undefined
  return unknown && [`fills.${instrument}.cum.${id}`, `fills.${instrument}.count`].includes(path)
}
