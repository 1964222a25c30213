import type { Nanos, Strategy, StrategyInstance } from '@escapement/core'

/**
 * The strategy, warming up: before `until`, in session time, it sees the market, remembers and asks
 * to be woken as always, and what it wants to trade is not carried out.
 */
export function warmingUp({ strategy, params }: StrategyInstance, until: Nanos): StrategyInstance {
  const warming: Strategy = {
    ...strategy,
    init: (own, instruments) => strategy.init(own, instruments),
    decide(view, memory, reason, own) {
      const decision = strategy.decide(view, memory, reason, own)
      if (view.now >= until) return decision
      const { intents: _, ...rest } = decision
      return rest
    },
  }
  return { strategy: warming, params }
}
