import type { QueueConfig } from '../../../actors/fill-simulator/queue-model.ts'

/** What is thought to stand ahead of an order, in natural units. */
export type Estimate = { front: number; traded: number }

/** A depth row at the order's price: the formulas of the README, one after the other. */
export function depthMoves(
  model: QueueConfig,
  { front, traded }: Estimate,
  previous: number,
  next: number,
): Estimate {
  // Of market by order this is no rule at all: its queue is counted, order by order.
  if (model.model === 'riskAverse' || model.model === 'l3Fifo') {
    return { front: smaller(front, next), traded: 0 }
  }
  const decrease = previous - next - traded
  if (decrease < 0) return { front: smaller(front, next), traded: 0 }
  const behind = previous - front
  const drawn = shareBehind(model, front, behind)
  const p = Math.abs(drawn) === Number.POSITIVE_INFINITY ? 1 : drawn
  const moved = front - (1 - p) * decrease + smaller(behind - p * decrease, 0)
  return { front: smaller(moved, next), traded: 0 }
}

/** What a trade let past, in lots: a half counts away from zero. */
export function lotsPast(front: number, lot: number): number {
  const ratio = -front / lot
  const whole = Math.trunc(ratio)
  return Math.abs(ratio - whole) >= 0.5 ? whole + Math.sign(ratio) : whole
}

function shareBehind(
  model: Exclude<QueueConfig, { readonly model: 'riskAverse' | 'l3Fifo' }>,
  ahead: number,
  behind: number,
): number {
  switch (model.model) {
    case 'power':
      return (
        multiplied(behind, model.n) / (multiplied(behind, model.n) + multiplied(ahead, model.n))
      )
    case 'power2':
      return multiplied(behind, model.n) / multiplied(behind + ahead, model.n)
    case 'power3':
      return 1 - multiplied(ahead / (ahead + behind), model.n)
    case 'log':
      return Math.log(1 + behind) / (Math.log(1 + behind) + Math.log(1 + ahead))
    case 'log2':
      return Math.log(1 + behind) / Math.log(1 + behind + ahead)
  }
}

const multiplied = (base: number, n: number): number =>
  Array.from({ length: n }, () => base).reduce((product, factor) => product * factor)

/** Not a number is no candidate. */
function smaller(a: number, b: number): number {
  if (Number.isNaN(a)) return b
  if (Number.isNaN(b)) return a
  return a < b ? a : b
}
