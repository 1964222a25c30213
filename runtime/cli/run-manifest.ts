import { canonicalHash } from '../canonical-json.ts'
import { strategiesOf } from '../config/schema.ts'
import { softwareVersion } from './output.ts'
import type { PreparedBacktest } from './prepare-backtest.ts'
import { softwareIdentity } from './software-identity.ts'

/** Everything that decides what a run comes to. */
export type RunDefinition = {
  readonly configFingerprint: string
  readonly dataHash: string
  /** Identities, in order of evaluation. */
  readonly strategies: readonly string[]
  readonly seed: number
  readonly software: string
  readonly codeHash: string
  readonly dependenciesHash: string
}

/** The name of what was run: equal definitions have equal hashes, on any machine. */
export const runHash = (definition: RunDefinition): string =>
  canonicalHash({ schema: 'escapement/definition-1', ...definition })

/** What the run is: enough to name it and to repeat it. */
export function manifestOf(prepared: PreparedBacktest) {
  const { config, configFingerprint, dataHash, data, definition } = prepared
  const software = softwareVersion()
  const { notReproducible, ...made } = softwareIdentity()
  const { seed } = config
  return {
    schema: 'escapement/run-1',
    name: config.name,
    runHash: runHash({
      configFingerprint,
      dataHash,
      strategies: prepared.strategyIdentities,
      seed,
      software,
      codeHash: made.code.hash,
      dependenciesHash: made.dependencies.hash,
    }),
    software,
    node: process.version,
    ...made,
    reproducible: notReproducible === null,
    notReproducible,
    configFingerprint,
    dataHash,
    data: data.map(({ name, hash, rows }) => ({ name, hash, rows: rows.length })),
    ...strategiesRun(prepared),
    seed,
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
