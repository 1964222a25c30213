import type { CommandKind } from '@escapement/core'
import type { LatencyDirection, LatencySource } from '../latency-model.ts'
import type { DelayModel } from './delay-model.ts'

export type SampledLatency = {
  /** Request to venue: one model for all requests, or one for each kind. */
  readonly entry: DelayModel | { readonly [K in CommandKind]: DelayModel }
  /** Venue to receipt of the report. */
  readonly response: DelayModel
}

/**
 * Latencies drawn at random, each kind of request and the responses from a model and a generator of
 * their own; the generators come from the session's seed.
 */
export function sampledLatency({ entry, response }: SampledLatency): LatencySource {
  const of = 'draw' in entry ? { new: entry, replace: entry, cancel: entry } : entry
  const models = { new: of.new, replace: of.replace, cancel: of.cancel, response }
  const kinds = Object.keys(models) as LatencyDirection[]
  const parts = kinds.map((kind) => `${kind}=${models[kind].identity}`)
  return {
    identity: `sampled(${parts.join(',')})`,
    isSeeded: true,
    create(random) {
      const forNew = random('new')
      const forReplace = random('replace')
      const forCancel = random('cancel')
      const forResponse = random('response')
      return {
        entry(_time, { kind }) {
          if (kind === 'new') return models.new.draw(forNew)
          return kind === 'replace'
            ? models.replace.draw(forReplace)
            : models.cancel.draw(forCancel)
        },
        response: () => response.draw(forResponse),
      }
    },
  }
}
