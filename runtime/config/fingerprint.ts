import { createHash } from 'node:crypto'
import { ByteWriter, type PlainData, type StrategyInstance, writePlainData } from '@escapement/core'
import { type BacktestConfig, type OwnConfig, type SessionConfig, strategiesOf } from './schema.ts'

/**
 * SHA-256 over everything in the configuration that decides, the identities of the strategies in
 * their order, and that of a latency table. Paths and names do not enter, so the same experiment
 * has one fingerprint anywhere: a strategy's name is the text of its order ids and nothing else.
 */
export function configFingerprint(
  config: BacktestConfig,
  strategyIdentities: readonly string[],
  latencyIdentity: string,
): string {
  const {
    $schema: _schema,
    name: _name,
    data,
    strategy: _strategy,
    strategies: _strategies,
    venue,
    ...rest
  } = config
  const content = {
    ...rest,
    data: data.map((entry) => {
      if ('synthetic' in entry) return entry
      const { path: _path, ...others } = entry
      return others
    }),
    venue: { ...venue, latency: 'table' in venue.latency ? latencyIdentity : venue.latency },
    ...trading(
      strategiesOf(config).map(({ params, risk }, i) => ({
        does: { identity: strategyIdentities[i]!, params },
        risk,
      })),
    ),
  }
  return fingerprintOf(content)
}

/**
 * The same for a session in a program, whose strategies are known by the names they give
 * themselves and whose data have no file: it tells Configurations apart and is not that of a
 * configuration file.
 */
export function sessionFingerprint(
  { name: _name, ...decides }: SessionConfig,
  strategies: readonly (OwnConfig & { readonly strategy: StrategyInstance })[],
): string {
  const list = strategies.map(({ strategy: { strategy, params }, risk }) => ({
    does: { name: strategy.name, params },
    risk,
  }))
  return fingerprintOf({ ...decides, ...trading(list) })
}

/** One strategy without limits of its own is the same experiment, alone or as a list of one. */
function trading(list: readonly { readonly does: object; readonly risk: object }[]): object {
  const [first] = list
  if (list.length === 1 && Object.keys(first!.risk).length === 0) return { strategy: first!.does }
  return { strategies: list.map(({ does, risk }) => ({ ...does, risk })) }
}

function fingerprintOf(content: object): string {
  const writer = new ByteWriter()
  writePlainData(JSON.parse(JSON.stringify(content, plainly)) as PlainData, writer)
  return createHash('sha256').update(writer.written()).digest('hex')
}

/** A program's parameters may be any values: what is not plain counts by its kind alone. */
function plainly(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? value : value.constructor.name
}
