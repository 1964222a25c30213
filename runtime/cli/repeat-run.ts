import { join, resolve } from 'node:path'
import { CodedError, type ErrorFacts } from '@escapement/core'
import { placed } from '../config/placing.ts'
import { readConfig } from '../config/read-config.ts'
import { type BacktestConfig, strategiesOf } from '../config/schema.ts'
import { softwareVersion } from './output.ts'
import { type PreparedBacktest, prepareConfig } from './prepare-backtest.ts'
import type { RecordedRun, RunFolder } from './recorded-run.ts'

/** The run that showed it: what its log and State hash to, or where it failed. */
export type RepeatedRun = {
  readonly directory: string
  readonly name: string
  readonly outcome: RecordedRun['outcome']
  readonly events: number
  /** Of a run that was told to its end. */
  readonly eventLogHash: string | null
  readonly stateHash: string | null
  /** Of one that failed: the code and what it said. */
  readonly failure: { readonly code: string; readonly message: string } | null
}

/**
 * Everything that a recorded run needs in order to be run again, found where it was and found to
 * be the same. Relative paths start from `base`, by default the folder that the manifest names.
 * @throws ESC_RUN_DIFFERS naming the data, the strategy or the configuration that is another one
 * @throws CodedError of the configuration, the data or the strategy that is not there
 */
export async function prepareRepeat(run: RunFolder, base?: string): Promise<PreparedBacktest> {
  const config = asRun(readConfig(run.configFile))
  const from = resolve(base ?? run.manifest.base ?? '.')
  let prepared: PreparedBacktest
  try {
    prepared = await prepareConfig(config, join(from, 'config.json'))
  } catch (cause) {
    throw placed(cause, moved(run, from))
  }
  checkSame(run, config, prepared)
  return prepared
}

/** A file of the run that is not there any more may only have moved. */
const moved =
  ({ configFile }: RunFolder, from: string) =>
  ({ file = configFile, hint }: ErrorFacts): ErrorFacts => ({
    file,
    hint: hint ?? `relative paths of the run start from ${from}; --base names another folder`,
  })

/**
 * A data entry without a symbol was run with the file as it is, or with the instrument's own: the
 * hash of the rows says more than either.
 */
export const asRun = (config: BacktestConfig): BacktestConfig => ({
  ...config,
  data: config.data.map((entry) =>
    'path' in entry ? { ...entry, symbol: entry.symbol } : entry,
  ) as BacktestConfig['data'],
})

function checkSame(run: RunFolder, config: BacktestConfig, now: PreparedBacktest): void {
  const { manifest } = run
  const strategies = manifest.strategies ?? (manifest.strategy ? [manifest.strategy] : [])
  strategiesOf(config).forEach(({ name, module }, i) => {
    const found = now.strategyIdentities[i]!
    const needed = strategies[i]?.identity ?? 'none'
    if (found !== needed) throw differs(run, `strategy ${name} (${module})`, found, needed)
  })
  checkSameData(run, now.data)
  const { configFingerprint: found } = now
  const { configFingerprint: needed } = manifest
  if (found !== needed) throw differs(run, 'config.json, its fingerprint', found, needed)
}

/** @throws ESC_RUN_DIFFERS naming the first data that are not those of the run */
export function checkSameData(
  run: RunFolder,
  data: readonly { readonly name: string; readonly hash: string }[],
): void {
  data.forEach(({ name, hash }, i) => {
    const needed = run.manifest.data[i]?.hash ?? 'none'
    if (hash !== needed) throw differs(run, `data ${name}`, hash, needed)
  })
}

/** What is another one now than when the run was made. */
export function differs(
  { path, manifest }: RunFolder,
  field: string,
  found: string,
  needed: string,
): CodedError {
  const software = softwareVersion()
  const isSame = manifest.software === software
  const hint = `the run was made by ${manifest.software}, and this is ${software}`
  return new CodedError('ESC_RUN_DIFFERS', {
    file: path,
    field,
    found,
    needed: `${needed}, as the run had it`,
    ...(isSame ? {} : { hint }),
  })
}
