import { delayModel } from '../../actors/fill-simulator/latency/delay-model.ts'
import { loadedLatency } from '../../actors/fill-simulator/latency/loaded-latency.ts'
import { sampledLatency } from '../../actors/fill-simulator/latency/sampled-latency.ts'
import { constantLatency, type LatencySource } from '../../actors/fill-simulator/latency-model.ts'
import type { VenueConfig } from './venue-schema.ts'

type LatencyConfig = VenueConfig['latency']
export type LatencyTableConfig = Extract<LatencyConfig, { readonly table: string }>

/**
 * The latency of a configuration; `tableOf` reads a table, for which a file is needed.
 * @throws ESC_CONFIG_INVALID naming the field below `venue.latency` that cannot be used
 */
export function latencyOf(
  config: LatencyConfig,
  tableOf: (config: LatencyTableConfig) => LatencySource,
): LatencySource {
  const source = unloaded(config, tableOf)
  return config.load === undefined ? source : loadedLatency(source, config.load)
}

function unloaded(
  config: LatencyConfig,
  tableOf: (config: LatencyTableConfig) => LatencySource,
): LatencySource {
  if ('table' in config) return tableOf(config)
  if ('entryNs' in config) return constantLatency(config)
  const { entry, response } = config
  const field = 'venue.latency.entry'
  return sampledLatency({
    entry:
      'new' in entry
        ? {
            new: delayModel(entry.new, `${field}.new`),
            replace: delayModel(entry.replace, `${field}.replace`),
            cancel: delayModel(entry.cancel, `${field}.cancel`),
          }
        : delayModel(entry, field),
    response: delayModel(response, 'venue.latency.response'),
  })
}
