import type { CommandKind, Nanos, Random } from '@escapement/core'
import type { LatencyModel } from '../ports.ts'
import { refuse } from './refuse.ts'

/** What a generator is for: requests of a kind on their way out, or reports on their way home. */
export type LatencyDirection = CommandKind | 'response'

/**
 * How a venue gets its latencies: one model an instrument, because a model may keep a position in
 * its data. `identity` distinguishes the configuration.
 */
export type LatencySource = {
  readonly identity: string
  /** The session's seed decides too, so it is part of the venue's identity. */
  readonly isSeeded?: boolean
  /** Over which time before a message the venue counts market rows for the model; 0 if absent. */
  readonly loadWindowNs?: Nanos
  /** `random` gives the generator of a direction: always the same one, anew at each call. */
  create(random: (direction: LatencyDirection) => Random): LatencyModel
}

/** Latencies that depend on time alone, each a model for all kinds of request. */
export type TimedLatencySource = {
  readonly identity: string
  create(): { entry(time: Nanos): Nanos; response(exchTime: Nanos): Nanos }
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
export function constantLatency({ entryNs, responseNs }: ConstantLatency): TimedLatencySource {
  if (!Number.isSafeInteger(entryNs)) refuse('latency.entryNs', entryNs, 'an integer')
  if (!Number.isSafeInteger(responseNs) || responseNs < 0) {
    refuse('latency.responseNs', responseNs, 'an integer of at least 0')
  }
  const model = {
    entry: (_time: Nanos) => entryNs,
    response: (_exchTime: Nanos) => responseNs,
  }
  return { identity: `constant(${entryNs},${responseNs})`, create: () => model }
}
