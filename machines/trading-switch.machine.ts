import { setup } from 'xstate'

/**
 * Trading switch: may new risk be taken? (The kill switch.)
 *
 *     enabled ◀──tradingEnabled── | ──tradingDisabled──▶ disabled
 *
 * Reads    TradingEnabled and TradingDisabled Events.
 * Decides  whether NEW and REPLACE pass Risk. A CANCEL passes in both states.
 * Leaves   who pulled it and why, and the closing of pending work. Pulling it twice is
 *          lawful, since whoever pulls it cannot know that somebody else did.
 * Source   the project's risk rules; reason code TRADING_DISABLED.
 */
export type TradingSwitchSignal = { type: 'tradingEnabled' } | { type: 'tradingDisabled' }

/** Answers whether new risk may be taken; see the file for its diagram. */
export const tradingSwitch = setup({
  types: { events: {} as TradingSwitchSignal },
}).createMachine({
  id: 'trading-switch',
  description: 'Whether new risk may be taken.',
  initial: 'enabled',
  states: {
    enabled: {
      description: 'Every kind of Intent is judged on its merits.',
      on: { tradingEnabled: 'enabled', tradingDisabled: 'disabled' },
    },
    disabled: {
      description: 'Only cancels pass.',
      on: { tradingEnabled: 'enabled', tradingDisabled: 'disabled' },
    },
  },
})
