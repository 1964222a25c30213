import { createHash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import {
  CodedError,
  Core,
  type ErrorFacts,
  freezeDeep,
  freezePlainData,
  messageOf,
  State,
} from '@escapement/core'
import { codedOf } from '../../actors/coded.ts'
import type { BacktestDefinition } from '../backtest.ts'
import { type LatencyReader, resolveBacktest } from '../config/define-backtest.ts'
import { configFingerprint } from '../config/fingerprint.ts'
import { placed } from '../config/placing.ts'
import { readConfig } from '../config/read-config.ts'
import { windowOf } from '../config/resolve-config.ts'
import { type BacktestConfig, strategiesOf } from '../config/schema.ts'
import { type ProcessingContext, processingContext } from '../processing-context.ts'
import { defaultConfig, defaultConfigFor, withInferredUnits } from './default-config.ts'
import { type LoadedData, loadData, loadLatency } from './load-data.ts'
import { loadStrategies, placeOf } from './load-strategies.ts'
import type { ModuleLoader } from './load-strategy.ts'

export type BacktestFlags = {
  readonly data?: string
  readonly out?: string
  readonly seed?: string
  readonly log?: string
  readonly sync?: string
  readonly snapshots?: string
}

export type PreparedBacktest = {
  /** As run: with what the flags changed and the defaults filled in. */
  readonly config: BacktestConfig
  readonly definition: BacktestDefinition
  readonly data: readonly LoadedData[]
  readonly rows: number
  /** In order of evaluation. */
  readonly strategyIdentities: readonly string[]
  readonly configFingerprint: string
  readonly dataHash: string
}

/**
 * Reads, checks and decides everything before anything is written: what throws here is bad input.
 * @throws CodedError of the configuration, the data, or the strategy
 */
export async function prepareBacktest(
  configPath: string | undefined,
  flags: BacktestFlags,
): Promise<PreparedBacktest> {
  const chosen = chooseConfig(configPath, flags)
  if (configPath === undefined) return prepareConfig(chosen, BUILT_IN, flags.data !== undefined)
  try {
    return await prepareConfig(chosen, configPath)
  } catch (cause) {
    // What names no file of its own is about a field of the configuration.
    throw placed(cause, ({ file = configPath }: ErrorFacts) => ({ file }))
  }
}

/** Where a run takes from what its configuration names; by default it reads it anew. */
export type Sources = {
  readonly module?: ModuleLoader
  readonly data?: typeof loadData
  /** The market of a run with the same data, instruments and window. */
  readonly market?: Pick<BacktestDefinition, 'origin' | 'feed'>
}

/**
 * The same for a checked configuration, whose relative paths start from the folder of `configFile`;
 * `infersUnits` takes tick and lot from the data.
 */
export async function prepareConfig(
  chosen: BacktestConfig,
  configFile: string,
  infersUnits = false,
  sources: Sources = {},
): Promise<PreparedBacktest> {
  const file = resolve(configFile)
  // A window that cannot be is said before the data are read.
  windowOf(chosen)
  const loaded = await loadStrategies(chosen, file, sources.module)
  const strategyIdentities = loaded.map(({ identity }) => identity)
  const load = sources.data ?? loadData
  const data = chosen.data.map((entry, i) => load(entry, i, file))
  const config = infersUnits ? withInferredUnits(chosen, data[0]!.rows) : chosen
  const datasets = config.data.map(({ instrument }, i) => ({
    symbol: instrument,
    rows: data[i]!.rows,
  }))
  const files = data.map(({ name }) => name)
  const latency: LatencyReader = (from, originNs) => loadLatency(from, originNs, file)
  const strategies = strategiesOf(config).map(({ name, risk }, i) => {
    return { name, risk, strategy: loaded[i]!.instance }
  })
  const { market } = sources
  const resolved = resolveBacktest(config, datasets, strategies, files, latency, market)
  const fingerprint = configFingerprint(config, strategyIdentities, resolved.venue.latency.identity)
  const definition = { ...resolved, context: named(resolved.context, fingerprint) }
  checkStarts(definition, config)
  return {
    config,
    definition,
    data,
    rows: datasets.reduce((sum, { rows }) => sum + rows.length, 0),
    strategyIdentities,
    configFingerprint: fingerprint,
    dataHash: combinedHash(data.map(({ hash }) => hash)),
  }
}

/** Where the paths of a configuration start that is no file: where the command is run. */
const BUILT_IN = '.built-in'

/** Folder from which relative paths of a run start. */
export const baseOf = (configPath: string = BUILT_IN): string => dirname(resolve(configPath))

/** The context refers to the Configuration as the run's manifest does. */
const named = (context: ProcessingContext, fingerprint: string): ProcessingContext =>
  processingContext({ ...context, configuration: { ...context.configuration, fingerprint } })

function chooseConfig(configPath: string | undefined, flags: BacktestFlags): BacktestConfig {
  const config =
    configPath !== undefined
      ? readConfig(configPath)
      : flags.data !== undefined
        ? defaultConfigFor(resolve(flags.data))
        : defaultConfig()
  const withData = configPath === undefined ? config : withDataFile(config, flags.data)
  return flags.seed === undefined ? withData : { ...withData, seed: parseSeed(flags.seed) }
}

/** `--data FILE` takes the place of the configuration's one data entry. */
function withDataFile(config: BacktestConfig, path: string | undefined): BacktestConfig {
  if (path === undefined) return config
  if (config.data.length !== 1) {
    throw new CodedError('ESC_USAGE', {
      field: '--data',
      found: `a configuration with ${config.data.length} data entries`,
      needed: 'a configuration with one',
    })
  }
  const [entry] = config.data
  return { ...config, data: [{ path: resolve(path), instrument: entry!.instrument }] }
}

function parseSeed(text: string): number {
  const seed = Number(text)
  if (!/^\d+$/.test(text) || seed > 0xffffffff) {
    throw new CodedError('ESC_USAGE', { field: '--seed', found: text, needed: '0 to 4294967295' })
  }
  return seed
}

/** Makes a Core once: what a strategy's `init` or an instrument's money refuses is bad input. */
function checkStarts(
  { configuration, strategies }: BacktestDefinition,
  config: BacktestConfig,
): void {
  const { instruments } = freezeDeep(configuration)
  const memories = strategies.map(({ strategy, params }, index) => {
    try {
      return freezePlainData(strategy.init(params, instruments))
    } catch (cause) {
      throw placed(codedOf(cause) ?? refused(cause), placeOf(config, index))
    }
  })
  new Core(configuration, strategies, State.initial(configuration, memories))
}

function refused(cause: unknown): CodedError {
  const found = messageOf(cause)
  return new CodedError('ESC_STRATEGY_PARAMS', { field: 'strategy.params', found }, { cause })
}

/** Of one dataset its own hash; of several, SHA-256 over theirs in order. */
function combinedHash(hashes: readonly string[]): string {
  const [only] = hashes
  if (hashes.length === 1) return only!
  return createHash('sha256').update(hashes.join('')).digest('hex')
}
