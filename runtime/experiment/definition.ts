import { canonicalHash } from '../canonical-json.ts'
import { type BacktestConfig, strategiesOf } from '../config/schema.ts'
import type { Segment } from './windows.ts'

/** What the code is that runs: results of another may differ. */
export type CodeIdentity = {
  readonly software: string
  /** SHA-256 over the project's own modules. */
  readonly source: string
  /** SHA-256 over the lock file, or over the pinned dependencies of an installed package. */
  readonly dependencies: string
}

/** What a configuration names besides itself, by the text that names it. */
export type InputIdentities = {
  /** SHA-256 of the bytes of data files and latency tables. */
  readonly files: Readonly<Record<string, string>>
  /** Identity of each strategy module. */
  readonly strategies: Readonly<Record<string, string>>
}

/**
 * All that decides one run, by itself: with this, the folder that its relative paths start from and
 * the code it names, a worker needs nothing else.
 */
export type RunDefinition = {
  readonly schema: 'escapement/run-definition-1'
  /** SHA-256 over what decides, so neither names nor paths: the same run anywhere. */
  readonly identity: string
  readonly experiment: string
  /** `<group>/<sweep>`, and its place among the results. */
  readonly id: string
  readonly group: string
  readonly sweep: string
  readonly parameters: Readonly<Record<string, unknown>>
  /** Effective and whole, its window that of the run with the warm-up. */
  readonly config: BacktestConfig
  /** Epoch ns from which the run counts; before it nothing is traded. Null: from its start. */
  readonly measuredFromNs: string | null
  readonly segments: readonly Segment[]
  readonly inputs: InputIdentities
  readonly code: CodeIdentity
  /** Runs with an equal one read the same rows in the same units: they share a market. */
  readonly market: string
}

type Parts = Omit<RunDefinition, 'schema' | 'identity' | 'market' | 'id' | 'inputs'> & {
  readonly inputs: InputIdentities
}

/** The definition with the identities that follow from it. */
export function runDefinition(parts: Parts): RunDefinition {
  const { config, measuredFromNs, segments, code, group, sweep } = parts
  const inputs = inputsOf(config, parts.inputs)
  const decides = { config: withoutPlaces(config, inputs), measuredFromNs, segments, code }
  return {
    schema: 'escapement/run-definition-1',
    identity: canonicalHash(decides),
    id: `${group}/${sweep}`,
    ...parts,
    inputs,
    market: marketOf(config, inputs),
  }
}

/** Every file and module that a configuration names. */
export function namedInputs(config: BacktestConfig): {
  readonly files: readonly string[]
  readonly modules: readonly string[]
} {
  const { latency } = config.venue
  const data = config.data.flatMap((entry) => ('path' in entry ? [entry.path] : []))
  const tables = 'table' in latency ? [latency.table] : []
  return {
    files: [...data, ...tables],
    modules: strategiesOf(config).map(({ module }) => module),
  }
}

/** Of the identities of an experiment those that this run reads. */
function inputsOf(config: BacktestConfig, all: InputIdentities): InputIdentities {
  const { files, modules } = namedInputs(config)
  const chosen = (names: readonly string[], from: Readonly<Record<string, string>>) =>
    Object.fromEntries([...new Set(names)].sort().map((name) => [name, from[name]!]))
  return {
    files: chosen(files, all.files),
    strategies: chosen(modules, all.strategies),
  }
}

/** Paths give way to what they lead to, and what only names falls away. */
function withoutPlaces(config: BacktestConfig, { files, strategies }: InputIdentities) {
  const { $schema: _schema, name: _name, strategy: _one, strategies: _list, ...rest } = config
  const { latency } = config.venue
  return {
    ...rest,
    data: dataOf(config, files),
    venue: {
      ...config.venue,
      latency: 'table' in latency ? { ...latency, table: files[latency.table] } : latency,
    },
    strategies: strategiesOf(config).map(({ module, params, risk }) => {
      return { identity: strategies[module], params, risk }
    }),
  }
}

const dataOf = ({ data }: BacktestConfig, files: InputIdentities['files']) =>
  data.map((entry) => ('path' in entry ? { ...entry, path: files[entry.path] } : entry))

const marketOf = (config: BacktestConfig, { files }: InputIdentities): string =>
  canonicalHash({
    data: dataOf(config, files),
    instruments: config.instruments,
    window: config.window ?? null,
  })
