import { COMMAND_KINDS, type InflightRequest, type PendingCommand } from './commands/command.ts'
import type { CommandKind } from './intents.ts'
import { type OrderKey, orderCounter, orderNamespace } from './orders.ts'
import type { RateLevels, RateRules } from './rules/rate-rules.ts'
import { NEVER } from './state/control-state.ts'
import { type Order, orderChart } from './state/order-table.ts'
import type { State } from './state/state.ts'

/**
 * What is wrong with a State that no Event Stream can have made, in a sentence, or null. Whoever
 * finds something halts: a broken State is never repaired and never goes on.
 *
 * Cost: one walk over orders, queue and requests; nothing is built unless something is broken.
 */
export function brokenInvariant(state: State): string | null {
  return (
    brokenControl(state) ??
    brokenAccounts(state) ??
    brokenOrders(state) ??
    brokenQueue(state) ??
    brokenInflight(state) ??
    brokenRates(state)
  )
}

function brokenControl({ control }: State): string | null {
  if (!isCount(control.clock)) return `the clock stands at ${control.clock}`
  if (!isCount(control.nextPosition)) return `the next position is ${control.nextPosition}`
  const { strategies } = control
  for (let i = 0; i < strategies.length; i++) {
    const { wakeAt, counter, issued, handedOut } = strategies[i]!
    if (wakeAt !== NEVER && !isCount(wakeAt)) return `strategy ${i} wakes at ${wakeAt}`
    if (!isCount(counter)) return `strategy ${i} has counted ${counter} Events`
    if (!isCount(issued)) return `strategy ${i} has issued keys up to ${issued}`
    if (!isCount(handedOut)) return `strategy ${i} was handed keys up to ${handedOut}`
  }
  return null
}

function brokenAccounts({ execution }: State): string | null {
  const { accounts } = execution
  for (let i = 0; i < accounts.length; i++) {
    const { position, volume, fills } = accounts[i]!
    const isWhole = Number.isSafeInteger(position) && isCount(volume) && isCount(fills)
    if (!isWhole) return `account ${i} holds ${position} lots of ${volume} in ${fills} fills`
  }
  return null
}

function brokenOrders({ execution }: State): string | null {
  const { orders } = execution
  let open = 0
  for (const order of orders.all()) {
    if (!hasEnded(order)) open++
    const broken = brokenQuantities(order)
    if (broken !== null) return broken
  }
  for (const order of orders.open()) {
    if (hasEnded(order)) return `order ${order.key} has ended and counts as open`
    if (orders.get(order.key) !== order) return `order ${order.key} is open and not in the table`
  }
  if (open !== orders.openCount) return `${orders.openCount} orders count as open, ${open} are`
  return null
}

/** Of an order that is filled beyond its quantity nothing is left. */
function brokenQuantities({ key, price, qty, cumQty, leavesQty }: Order): string | null {
  const isWhole = Number.isSafeInteger(price) && isCount(qty) && isCount(cumQty)
  if (isWhole && leavesQty === Math.max(0, qty - cumQty)) return null
  return `order ${key} over ${qty} at ${price} has ${cumQty} filled and ${leavesQty} left`
}

/** An index that agrees with its lanes holds at most one command a key. */
function brokenQueue(state: State): string | null {
  const { queue, nextSequence } = state.execution.work
  let inLanes = 0
  for (let group = 0; group < state.rates.rules.length; group++) {
    for (const kind of COMMAND_KINDS) {
      let last = -1
      for (let node = queue.lane(group, kind).head; node !== null; node = node.next) {
        inLanes++
        const { command } = node
        const broken = brokenCommand(state, group, kind, command)
        if (broken !== null) return broken
        const { key, sequence } = command
        if (!(sequence > last && sequence < nextSequence)) {
          return `a ${kind} of order ${key} waits out of turn, with sequence ${sequence}`
        }
        last = sequence
      }
    }
  }
  if (inLanes === queue.size) return null
  return `the queue holds ${inLanes} commands and counts ${queue.size}`
}

function brokenCommand(
  state: State,
  group: number,
  kind: CommandKind,
  command: PendingCommand,
): string | null {
  const { key, sendAs, instrument } = command
  if (state.execution.work.queue.get(key) !== command || sendAs !== kind) {
    return `a ${kind} of order ${key} waits beside another command of its key`
  }
  if (state.rates.groupOf[instrument] !== group) {
    return `a ${kind} of order ${key} waits for the rate of another instrument`
  }
  return sendAs === 'new' ? brokenKey(state, key) : null
}

function brokenInflight(state: State): string | null {
  for (const [key, request] of state.execution.inflight) {
    const broken = brokenRequest(state, key, request)
    if (broken !== null) return broken
  }
  return null
}

/** What is under way has an open Order, or is a NEW that is not recorded yet. */
function brokenRequest(state: State, key: OrderKey, request: InflightRequest): string | null {
  const { kind, time, asked } = request
  if (request.key !== key || !isCount(time)) return `a ${kind} of order ${key} left at ${time}`
  const order = state.execution.orders.get(key)
  if (order !== undefined) {
    return hasEnded(order) ? `a ${kind} of order ${key} is under way, which has ended` : null
  }
  const isUnrecorded = kind === 'new' && asked !== null && asked.key === key
  if (!isUnrecorded) return `a ${kind} of order ${key} is under way, which does not exist`
  return brokenKey(state, key)
}

/** The key of a NEW of this session is one that its strategy has issued. */
function brokenKey({ control }: State, key: OrderKey): string | null {
  const issued = control.strategies[orderNamespace(key)]?.issued ?? 0
  return orderCounter(key) <= issued ? null : `order ${key} is beyond the issued keys, ${issued}`
}

function brokenRates(state: State): string | null {
  const { rates } = state.execution.work
  const { rules } = state.rates
  if (rates.length !== rules.length) return `${rules.length} rates have ${rates.length} levels`
  for (let group = 0; group < rules.length; group++) {
    const broken = brokenLevels(rules[group]!, rates[group]!)
    if (broken !== null) return broken
  }
  return null
}

function brokenLevels(rules: RateRules, levels: RateLevels): string | null {
  for (const name of ['orders', 'cancels'] as const) {
    const [rule, level] = [rules[name], levels[name]]
    if (rule === null || level === null) {
      if (rule === level) continue
      return `the rate of ${name} has ${rule === null ? 'no rule' : 'no level'}`
    }
    const { tokens, time } = level
    if (!(isCount(tokens) && tokens <= rule.capacity && isCount(time))) {
      return `the rate of ${name} holds ${tokens} of ${rule.capacity} tokens at ${time}`
    }
  }
  return null
}

const hasEnded = ({ status }: Order): boolean => orderChart.isTerminal(status)

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0
