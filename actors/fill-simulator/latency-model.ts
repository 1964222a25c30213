import { CodedError, type Nanos } from '@escapement/core'
import type { LatencyModel } from '../ports.ts'

/**
 * How a venue gets its latencies: one model an instrument, because a model may keep a position in
 * its data. `identity` distinguishes the configuration.
 */
export type LatencySource = {
  readonly identity: string
  create(): LatencyModel
}

export type ConstantLatency = {
  /** Request to venue. Negative: refused after that long, never arrives. */
  readonly entryNs: number
  /** Venue to receipt of the report. */
  readonly responseNs: number
}

/**
 * The same latency always.
 * @throws ESC_CONFIG_INVALID when a latency is no integer, or the response is negative
 */
export function constantLatency({ entryNs, responseNs }: ConstantLatency): LatencySource {
  if (!Number.isSafeInteger(entryNs)) refuse('latency.entryNs', entryNs, 'an integer')
  if (!Number.isSafeInteger(responseNs) || responseNs < 0) {
    refuse('latency.responseNs', responseNs, 'an integer of at least 0')
  }
  const model: LatencyModel = {
    entry: (_time: Nanos) => entryNs,
    response: (_exchTime: Nanos) => responseNs,
  }
  return { identity: `constant(${entryNs},${responseNs})`, create: () => model }
}

function refuse(field: string, found: number, needed: string): never {
  throw new CodedError('ESC_CONFIG_INVALID', { field, found: String(found), needed })
}
