/** Risk asked alone: verdicts, and how much room the limits leave. */
import type { CommandKind, Intent } from '../../../core/intents.ts'
import type { OrderTerms } from '../../../core/orders.ts'
import { RiskEngine } from '../../../core/risk/risk-engine.ts'
import type { State } from '../../../core/state/state.ts'
import { d, filled, place, working, world } from './world.ts'

/** The verdict on each Intent of one step. */
export function verdicts(state: State, ...intents: readonly Intent[]): string[] {
  const risk = new RiskEngine(state)
  risk.begin()
  return intents.map((intent) => {
    const verdict = risk.judge(intent)
    return 'allowed' in verdict ? 'allowed' : verdict.denied
  })
}

/** The most that one more buy may have under a limit of 100 lots. */
export function room(state: State, ...before: readonly Intent[]): number {
  const larger = Array.from({ length: 101 }, (_, i) => place(999, { qty: 101 - i }))
  const all = verdicts(state, ...before, ...larger).slice(before.length)
  return 101 - all.filter((each) => each === 'MAX_POSITION').length
}

/** How many quotes more of one lot each a limit of 20 leaves. */
export function quotesLeft(state: State, ...before: readonly Intent[]): number {
  const more = Array.from({ length: 21 }, (_, i) => place(900 + i))
  const all = verdicts(state, ...before, ...more).slice(before.length)
  return all.filter((each) => each === 'allowed').length
}

/** A State whose limit {@link room} is about, and one for {@link quotesLeft}. */
export const lots = () => world({ risk: { maxPosition: d('100') } })
export const quotes = () => world({ risk: { maxActiveQuotes: 20 } })

/** A request that has left, and what it asks for. */
export function sent(state: State, kind: CommandKind, key: number, asked: OrderTerms | null): void {
  state.execution.inflight.set(key, { key, kind, time: 0, passed: null, asked })
}
/** A command of an earlier step that still waits. */
export function waits(state: State, kind: CommandKind, sendAs: CommandKind, of: OrderTerms): void {
  state.execution.work.queue.put({ ...of, kind, sendAs, sequence: 0 })
}

/** The same with whose limit it was. */
export function scoped(state: State, ...intents: readonly Intent[]): string[] {
  const risk = new RiskEngine(state)
  risk.begin()
  return intents.map((intent) => {
    const verdict = risk.judge(intent)
    return 'allowed' in verdict ? 'allowed' : `${verdict.denied} ${verdict.scope}`
  })
}

/** Holds `lots` of an instrument, bought or sold by the first strategy. */
export function holds(state: State, lots: number, instrument = 0, key = 500 + instrument): State {
  const qty = Math.abs(lots)
  working(state, key, { instrument, qty, side: lots > 0 ? 1 : -1, price: 100 })
  filled(state, key, qty)
  return state
}
