import {
  type CoreEvent,
  type Decision,
  type Intent,
  instantiate,
  type OrderKey,
  orderKey,
  type StrategyInstance,
  type TimeInForce,
  type Trigger,
} from '@escapement/core'

/**
 * A strategy that plays a script: its decisions depend on Events and memory and never on the view,
 * so that it says the same to both Cores.
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
export type ActionName = 'new' | 'replace' | 'cancel' | 'sameKey' | 'unknownKey' | 'badTerms'
/** One decision: what it does, and in how many ns it wants to be asked again (0: never). */
export type Line = { readonly actions: readonly Action[]; readonly wakeIn: number }
export type Script = { readonly lines: readonly Line[]; readonly trigger: TriggerName }
export type TriggerName = 'none' | 'market' | 'execution' | 'everyThird' | 'condition'

const TRIGGERS: Readonly<Record<TriggerName, Trigger>> = {
  none: {},
  market: { events: ['market.updated', 'control.signal'] },
  execution: { events: ['order.accepted', 'order.filled', 'order.canceled'] },
  everyThird: { everyNth: 3 },
  condition: { when: (_, event) => event.time % 2 === 1 },
}

type Memory = {
  readonly line: number
  readonly issued: number
  readonly now: number
  readonly fills: number
  readonly asked: Readonly<Record<string, number>>
}

export function scripted(script: Script, namespace: number): StrategyInstance {
  return instantiate<Script, Memory>(
    {
      name: `script-${namespace}`,
      trigger: TRIGGERS[script.trigger],
      init: () => ({ line: 0, issued: 0, now: 0, fills: 0, asked: {} }),
      reduce: (memory, event) => remember(memory, event),
      decide: (_, memory, reason) => {
        const asked = { ...memory.asked, [reason]: (memory.asked[reason] ?? 0) + 1 }
        return play(script, namespace, { ...memory, asked })
      },
    },
    script,
  )
}

function remember(memory: Memory, event: CoreEvent): Memory {
  const now = Math.max(memory.now, event.time)
  return { ...memory, now, fills: memory.fills + (event.type === 'order.filled' ? 1 : 0) }
}

function play(script: Script, namespace: number, memory: Memory): Decision<Memory> {
  const line = script.lines[memory.line]
  if (line === undefined) return { wakeAt: null, memory: { ...memory } }
  let issued = memory.issued
  const intents: Intent[] = []
  for (const action of line.actions) {
    if (action.op === 'new' || action.op === 'badTerms') issued += 1
    const counter = action.op === 'new' ? issued : Math.max(1, issued - action.which)
    intents.push(intentOf(action, orderKey(namespace, counter), namespace, issued))
  }
  const next = { ...memory, line: memory.line + 1, issued }
  if (line.wakeIn === 0) return { intents, memory: next }
  return { intents, memory: next, wakeAt: memory.now + line.wakeIn }
}

function intentOf(action: Action, key: OrderKey, namespace: number, issued: number): Intent {
  const { op, instrument, side, market, timeInForce, price, qty } = action
  const terms = { instrument, side, timeInForce: market ? ('IOC' as const) : timeInForce, qty }
  const order = { ...terms, orderType: market ? ('market' as const) : ('limit' as const) }
  switch (op) {
    case 'new':
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
