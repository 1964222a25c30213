import { strategiesOf } from '../config/schema.ts'
import { softwareVersion } from './output.ts'
import type { PreparedBacktest } from './prepare-backtest.ts'

/** What the run is: enough to name it and to repeat it. */
export function manifestOf(prepared: PreparedBacktest) {
  const { config, configFingerprint, dataHash, data, definition } = prepared
  return {
    schema: 'escapement/run-1',
    name: config.name,
    software: softwareVersion(),
    node: process.version,
    configFingerprint,
    dataHash,
    data: data.map(({ name, hash, rows }) => ({ name, hash, rows: rows.length })),
    ...strategiesRun(prepared),
    seed: config.seed,
    originNs: definition.origin.toString(),
    // Outside a storage root any file may be run; nobody vouches for its history.
    provenance: 'unmanaged',
  }
}

/** Module and identity of the strategy, or of each with its name where there are several. */
function strategiesRun({ config, strategyIdentities }: PreparedBacktest) {
  const run = strategiesOf(config).map(({ name, module }, i) => {
    return { name, module, identity: strategyIdentities[i]! }
  })
  if (config.strategy === undefined) return { strategies: run }
  const { module, identity } = run[0]!
  return { strategy: { module, identity } }
}
