import type { OrderKey } from '@escapement/core'

/** What every fill of these sessions has in common. */
export const fillOf = (key: OrderKey, time: number) => ({
  type: 'order.filled' as const,
  time,
  exchTime: time,
  key,
  liquidity: 'maker' as const,
  cause: 'trade' as const,
  causeRow: -1,
  queueBefore: 0,
  queueAfter: 0,
})
