import type { Closure } from '../commands/closure.ts'
import { unreachable } from '../errors.ts'
import type { ConfigurationChanged, ControlEvent } from '../events.ts'
import { Random } from '../random.ts'
import {
  type RateClass,
  type RateLevel,
  type RateLevels,
  type RateRule,
  type RateRules,
  refill,
} from '../rules/rate-rules.ts'
import {
  type ControlState,
  feedChart,
  NEVER,
  sessionChart,
  tradingChart,
} from '../state/control-state.ts'
import type { State } from '../state/state.ts'
import type { Nanos } from '../units.ts'

/** Applies a Control Event: switches and modes. Time itself was taken before, by the clock. */
export function reduceControl(state: State, event: ControlEvent, closures: Closure[]): void {
  const { control } = state
  switch (event.type) {
    case 'control.sessionStarted':
      control.strategies.forEach((slot, index) => {
        slot.random = Random.stream(event.seed, index)
      })
      control.session = next(sessionChart, control.session, sessionChart.signal.started)
      return
    case 'control.sessionDraining':
      drain(control)
      return
    case 'control.sessionEnded':
      drain(control)
      control.session = next(sessionChart, control.session, sessionChart.signal.drained)
      return
    case 'control.tradingEnabled':
      control.trading = tradingChart.next(control.trading, tradingChart.signal.tradingEnabled)
      return
    case 'control.tradingDisabled':
      control.trading = tradingChart.next(control.trading, tradingChart.signal.tradingDisabled)
      closePending(state, closures)
      return
    case 'control.strategyDisabled': {
      const slot = control.strategies[event.strategy]!
      slot.enabled = false
      slot.wakeAt = NEVER
      return
    }
    case 'control.configurationChanged':
      return changeConfiguration(state, event)
    case 'control.feedGap':
    case 'control.feedRestored': {
      const gap = event.type === 'control.feedGap'
      const signal = gap ? feedChart.signal.gapDetected : feedChart.signal.restored
      control.feeds[event.instrument] = next(feedChart, control.feeds[event.instrument]!, signal)
      return
    }
    case 'control.time':
    case 'control.checkpoint':
    case 'control.signal':
    case 'control.anomaly':
      return
    default:
      unreachable(event)
  }
}

/** From here on strategies are asked no more, so they have no wake-ups either. */
function drain(control: ControlState): void {
  control.session = next(sessionChart, control.session, sessionChart.signal.drainRequested)
  for (const slot of control.strategies) slot.wakeAt = NEVER
}

/** A kill switch stops queued work too: pending NEW and REPLACE close, cancels still leave. */
function closePending(state: State, closures: Closure[]): void {
  const { queue } = state.execution.work
  const byAge = [...queue.values()].sort((a, b) => a.sequence - b.sequence)
  for (const { key, kind } of byAge) {
    if (kind === 'cancel') continue
    queue.delete(key)
    closures.push({ key, kind, reason: 'tradingDisabled' })
  }
}

/**
 * New limits from here on; what the old rule saved until now is kept, up to the new capacity. A
 * class that had no limit starts full; one that loses it is free.
 */
function changeConfiguration(state: State, event: ConfigurationChanged): void {
  const before = state.rates
  state.change(event.version, event.changes)
  const { work } = state.execution
  const { clock } = state.control
  work.rates = state.rates.rules.map((rules, group) =>
    carriedLevels(work.rates[group]!, before.rules[group]!, rules, clock),
  )
}

function carriedLevels(old: RateLevels, from: RateRules, to: RateRules, clock: Nanos): RateLevels {
  const level = (rateClass: RateClass): RateLevel | null => {
    const rule = to[rateClass]
    if (rule === null) return null
    const before = old[rateClass]
    const oldRule = from[rateClass]
    if (before === null || oldRule === null) return { tokens: rule.capacity, time: clock }
    return rescale(refill(oldRule, before, clock), oldRule, rule)
  }
  return { orders: level('orders'), cancels: level('cancels') }
}

/** The same number of requests in the new rule's token unit, rounded down, at most its capacity. */
function rescale(level: RateLevel, from: RateRule, to: RateRule): RateLevel {
  const tokens = Number((BigInt(level.tokens) * BigInt(to.cost)) / BigInt(from.cost))
  return { tokens: Math.min(tokens, to.capacity), time: level.time }
}

/** The next mode, or the same one where the machine does not handle the signal. */
function next(
  chart: { next(state: number, signal: number): number },
  mode: number,
  signal: number,
): number {
  const found = chart.next(mode, signal)
  return found >= 0 ? found : mode
}
