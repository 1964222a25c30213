import {
  type QueueConfig,
  type QueueModel,
  queueModel,
} from '../../actors/fill-simulator/queue-model.ts'

export type Family = QueueConfig['model']

/** One model of one family; `n` is null of those that have no power. */
export type Candidate = {
  readonly family: Family
  readonly n: number | null
  readonly model: QueueModel
}

export const PLAIN_FAMILIES = ['riskAverse', 'log', 'log2'] as const
export const POWER_FAMILIES = ['power', 'power2', 'power3'] as const

/** Powers that a configuration takes: eighths from 1 to 16. */
const [LEAST, MOST, STEPS] = [1, 16, 8]
export const POWERS: readonly number[] = Array.from(
  { length: (MOST - LEAST) * STEPS + 1 },
  (_, i) => LEAST + i / STEPS,
)

/** Every model that a configuration can name: the families without a power, then the others by n. */
export function candidates(): readonly Candidate[] {
  const plain = PLAIN_FAMILIES.map((family) => {
    return { family, n: null, model: queueModel({ model: family }) }
  })
  const powers = POWER_FAMILIES.flatMap((family) =>
    POWERS.map((n) => ({ family, n, model: queueModel({ model: family, n }) })),
  )
  return [...plain, ...powers]
}
