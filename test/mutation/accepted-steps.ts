/** Of the step, its stages and State: mutants that no test can kill, by reason. */
export const ofSteps: Readonly<
  Record<
    string,
    readonly (readonly [path: string, at: string, original: string, replacement: string])[]
  >
> = {
  'A class of requests has a level exactly while it has a rule, so one of the two says both.': [
    [
      'core/reduce/reduce-control.ts',
      'if (before === null || oldRule === null) return { tokens: rule.capacity, time: clock }',
      'before === null || oldRule === null',
      'before === null && oldRule === null',
    ],
    [
      'core/reduce/reduce-control.ts',
      'if (before === null || oldRule === null) return { tokens: rule.capacity, time: clock }',
      'before === null',
      'false',
    ],
    [
      'core/reduce/reduce-control.ts',
      'if (before === null || oldRule === null) return { tokens: rule.capacity, time: clock }',
      'oldRule === null',
      'false',
    ],
  ],
  'Code 0 is the initial one, and nothing leads there from elsewhere.': [
    [
      'core/reduce/reduce-control.ts',
      'return found >= 0 ? found : mode',
      'found >= 0',
      'found > 0',
    ],
    [
      'core/reduce/reduce-market.ts',
      'if (mode >= 0) feeds[event.instrument] = mode',
      'mode >= 0',
      'mode > 0',
    ],
    [
      'core/reduce/reduce-execution.ts',
      'if (orderChart.next(order.status, orderChart.signal.replaced) >= 0) {',
      'orderChart.next(order.status, orderChart.signal.replaced) >= 0',
      'orderChart.next(order.status, orderChart.signal.replaced) > 0',
    ],
  ],
  'Past the end there are no rules, and without rules nothing is sampled.': [
    [
      'core/reduce/reduce-equity.ts',
      'for (let i = 0; i < ownRules.length; i++) {',
      'i < ownRules.length',
      'i <= ownRules.length',
    ],
  ],
  'A shortcut: the equity that is counted without it is used by nobody.': [
    [
      'core/reduce/reduce-equity.ts',
      'if (curve.first !== null && !wanted) return',
      'curve.first !== null && !wanted',
      'false',
    ],
  ],
  'A shortcut: a strategy that is asked all the same folds, counts and wants nothing.': [
    [
      'core/decide.ts',
      'return reduce === undefined && trigger === undefined && !isAwake(slot, event, clock)',
      'reduce === undefined && trigger === undefined && !isAwake(slot, event, clock)',
      'false',
    ],
  ],
  'Memory that folds to itself is frozen plain data already.': [
    [
      'core/decide.ts',
      'if (folded !== memory) memory = freezePlainData(folded)',
      'folded !== memory',
      'true',
    ],
  ],
  'An empty list before another one adds nothing to it.': [
    [
      'core/decide.ts',
      'this.intents = this.intents.length === 0 ? intents : [...this.intents, ...intents]',
      'this.intents.length === 0',
      'false',
    ],
    [
      'core/core.ts',
      'first.length === 0 ? then : [...first, ...then]',
      'first.length === 0',
      'false',
    ],
  ],
  'At equal times the time is set to what it is.': [
    [
      'core/core.ts',
      'if (event.time > state.control.clock) state.control.clock = event.time',
      'event.time > state.control.clock',
      'event.time >= state.control.clock',
    ],
    [
      'core/core.ts',
      'for (const { wakeAt } of this.state.control.strategies) if (wakeAt < due) due = wakeAt',
      'wakeAt < due',
      'wakeAt <= due',
    ],
  ],
  'To divide by 1 or -1 is to multiply by it.': [
    [
      'core/state/account.ts',
      'this.cash += money.cashSign() * BigInt(fill.side) * amount',
      'money.cashSign() * BigInt(fill.side)',
      'money.cashSign() / BigInt(fill.side)',
    ],
    [
      'core/state/account.ts',
      'return flat - money.cashSign() * sign * value',
      'money.cashSign() * sign',
      'money.cashSign() / sign',
    ],
  ],
  'Nothing held is worth nothing, with either sign.': [
    [
      'core/state/account.ts',
      'const sign = account.position > 0 ? 1n : -1n',
      'account.position > 0',
      'account.position >= 0',
    ],
  ],
  'Past the end there is no time, and no time is not before the start.': [
    [
      'core/state/equity-curve.ts',
      'while (drop + 1 < this.#times.length && this.#times[drop + 1]! <= start) drop++',
      'drop + 1 < this.#times.length',
      'true',
    ],
    [
      'core/state/equity-curve.ts',
      'while (drop + 1 < this.#times.length && this.#times[drop + 1]! <= start) drop++',
      'drop + 1 < this.#times.length',
      'drop + 1 <= this.#times.length',
    ],
    [
      'core/state/equity-curve.ts',
      'while (drop + 1 < this.#times.length && this.#times[drop + 1]! <= start) drop++',
      'drop + 1',
      'drop - 1',
    ],
  ],
  'A shortcut: what is not held is worth nothing at any prices.': [
    [
      'core/state/account.ts',
      'if (account.position === 0) return flat',
      'account.position === 0',
      'false',
    ],
  ],
  'A shortcut: with nothing allowed and nothing pending the two stages change nothing.': [
    ['core/core.ts', 'if (needsExecutionControl(baton)) {', 'needsExecutionControl(baton)', 'true'],
  ],
  'An Event without a key gives undefined for null, and nothing pending has either for its key.': [
    [
      'core/core.ts',
      "!isMarketEvent(event) && 'key' in event ? event.key : null",
      "!isMarketEvent(event) && 'key' in event",
      'true',
    ],
    [
      'core/core.ts',
      "!isMarketEvent(event) && 'key' in event ? event.key : null",
      "!isMarketEvent(event) && 'key' in event",
      "!isMarketEvent(event) || 'key' in event",
    ],
  ],
}
