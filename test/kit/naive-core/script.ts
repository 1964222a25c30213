import {
  type CoreEvent,
  type Decision,
  type Intent,
  instantiate,
  type OrderKey,
  orderCounter,
  orderKey,
  type StrategyInstance,
  type TimeInForce,
  type Trigger,
} from '@escapement/core'
import type { ScriptView } from './naive-view.ts'

/**
 * A strategy that plays a script. Its decisions depend on Events and memory; what it sees of its
 * own in the view it remembers, so that the two Cores must show it the same.
 */
export type Action = {
  readonly op: ActionName
  /** Which of its recent orders is meant, counted back. */
  readonly which: number
  readonly instrument: number
  readonly side: 1 | -1
  readonly market: boolean
  readonly timeInForce: TimeInForce
  readonly price: number
  readonly qty: number
}
export type ActionName =
  | 'new'
  | 'replace'
  | 'cancel'
  | 'sameKey'
  | 'unknownKey'
  | 'badTerms'
  /** A NEW with a key from the view; asking for one and leaving it. */
  | 'freshKey'
  | 'wasteKey'
  | 'draw'
  /** Commanding the order of another strategy; a throw on the way. */
  | 'foreignKey'
  | 'throw'
/** One decision: what it does, and in how many ns it wants to be asked again (0: never). */
export type Line = { readonly actions: readonly Action[]; readonly wakeIn: number }
export type Script = { readonly lines: readonly Line[]; readonly trigger: TriggerName }
export type TriggerName = 'none' | 'market' | 'execution' | 'everyThird' | 'condition'

const TRIGGERS: Readonly<Record<TriggerName, Trigger>> = {
  none: {},
  market: { events: ['market.updated', 'control.signal'] },
  execution: { events: ['order.accepted', 'order.filled', 'order.canceled'] },
  everyThird: { everyNth: 3 },
  // It takes a key and a number whatever it answers: they count when it says yes.
  condition: {
    when: (view, event) => view.newOrderKey() + view.random() > 0 && event.time % 2 === 1,
  },
}

/** An action that says something. */
type Said = Action & { readonly op: Exclude<ActionName, 'draw' | 'wasteKey' | 'throw'> }

type Memory = {
  readonly line: number
  readonly issued: number
  readonly now: number
  readonly fills: number
  readonly asked: Readonly<Record<string, number>>
  readonly seen: Readonly<Record<string, readonly number[]>>
}

export function scripted(script: Script, namespace: number): StrategyInstance {
  return instantiate<Script, Memory>(
    {
      name: `script-${namespace}`,
      trigger: TRIGGERS[script.trigger],
      init: () => ({ line: 0, issued: 0, now: 0, fills: 0, asked: {}, seen: {} }),
      reduce: (memory, event) => remember(memory, event),
      decide: (view, memory, reason) => {
        const asked = { ...memory.asked, [reason]: (memory.asked[reason] ?? 0) + 1 }
        const seen = { ...memory.seen, ...seenIn(view) }
        return play(script, namespace, { ...memory, asked, seen }, view)
      },
    },
    script,
  )
}

function remember(memory: Memory, event: CoreEvent): Memory {
  const now = Math.max(memory.now, event.time)
  return { ...memory, now, fills: memory.fills + (event.type === 'order.filled' ? 1 : 0) }
}

const seenIn = (view: ScriptView): Memory['seen'] => ({
  own: view.openOrders(0).map(({ key }) => key),
  positions: [view.ownPositionOf(0), view.positionOf(0)],
})

function play(
  script: Script,
  namespace: number,
  memory: Memory,
  view: ScriptView,
): Decision<Memory> {
  const line = script.lines[memory.line]
  if (line === undefined) return { wakeAt: null, memory: { ...memory } }
  let issued = memory.issued
  const intents: Intent[] = []
  const drawn: number[] = []
  for (const action of line.actions) {
    if (action.op === 'throw') throw new Error('as the script says')
    if (action.op === 'draw') drawn.push(view.random())
    if (action.op === 'wasteKey') view.newOrderKey()
    if (action.op === 'freshKey') issued = Math.max(issued, orderCounter(view.newOrderKey()))
    if (action.op === 'draw' || action.op === 'wasteKey') continue
    if (action.op === 'new' || action.op === 'badTerms') issued += 1
    const isLast = action.op === 'new' || action.op === 'freshKey'
    const counter = isLast ? issued : Math.max(1, issued - action.which)
    intents.push(intentOf(action as Said, orderKey(namespace, counter), namespace, issued))
  }
  const seen = { ...memory.seen, drawn }
  const next = { ...memory, line: memory.line + 1, issued, seen }
  if (line.wakeIn === 0) return { intents, memory: next }
  return { intents, memory: next, wakeAt: memory.now + line.wakeIn }
}

function intentOf(action: Said, key: OrderKey, namespace: number, issued: number): Intent {
  const { op, instrument, side, market, timeInForce, price, qty } = action
  const terms = { instrument, side, timeInForce: market ? ('IOC' as const) : timeInForce, qty }
  const order = { ...terms, orderType: market ? ('market' as const) : ('limit' as const) }
  switch (op) {
    case 'new':
    case 'freshKey':
    case 'sameKey':
      return { type: 'intent.new', key, ...order, price: market ? 0 : price }
    case 'replace':
      return { type: 'intent.replace', key, instrument, price, qty }
    case 'cancel':
      return { type: 'intent.cancel', key, instrument }
    case 'unknownKey': {
      const unknown = orderKey(namespace, issued + 50 + action.which)
      if (side === 1) return { type: 'intent.cancel', key: unknown, instrument }
      return { type: 'intent.replace', key: unknown, instrument, price, qty }
    }
    case 'foreignKey':
      return { type: 'intent.cancel', key: orderKey(namespace + 1, orderCounter(key)), instrument }
    case 'badTerms':
      return badTerms(action, orderKey(namespace, issued))
  }
}

function badTerms({ which, instrument, side, price, qty }: Action, key: OrderKey): Intent {
  const order = { key, side, orderType: 'limit' as const, timeInForce: 'GTC' as const }
  const bad = [
    { instrument: 7, price, qty },
    { instrument, price, qty: 0 },
    { instrument, price, qty: -qty },
    { instrument, price: 0, qty },
    { instrument, price: -price, qty },
  ][which % 5]!
  return { type: 'intent.new', ...order, ...bad }
}
