/** A small configuration that runs in well under a second; a test changes what it is about. */
export function smallConfig(): Config {
  return {
    name: 'small',
    data: [{ synthetic: { seed: 3, durationSeconds: 5, rowsPerSecond: 800 }, instrument: 'BTC' }],
    instruments: { BTC: { tickSize: '0.1', lotSize: '0.001', quote: 'USDT' } },
    venue: {
      latency: { entryNs: 5_000_000, responseNs: 5_000_000 },
      queue: { model: 'power3', n: 3 },
      fees: { maker: '-0.00005', taker: '0.0007' },
    },
    strategy: { module: 'builtin:market-maker', params: {} },
    risk: {},
    rateLimits: { ordersPerSecond: '100' },
    control: {},
    seed: 1,
  }
}

/** The same with two strategies, a maker and a slower one, in place of the one. */
export function twoConfig(): Config {
  const { strategy, ...rest } = smallConfig()
  const slow = { name: 'slow', module: strategy!.module, params: { intervalMs: 500, qtyLots: 3 } }
  const config: Config = { ...rest, strategies: [{ name: 'maker', ...strategy }, slow] }
  return config
}

/** As loose as what a person can write. */
export type Config = Record<string, unknown> & {
  data: Record<string, unknown>[]
  instruments: Record<string, Record<string, unknown>>
  venue: Record<string, Record<string, unknown> | string | boolean>
  strategy?: Record<string, unknown>
  strategies?: Record<string, unknown>[]
  risk: Record<string, unknown>
  rateLimits: Record<string, unknown>
  control: Record<string, unknown>
}

/** `venue.queue.n = 0` or `data[1] = data[0]` done to a configuration; values are JSON. */
export function configAfter(assignment: string, config: Config = smallConfig()): Config {
  const [path, value] = assignment.split(' = ') as [string, string]
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '')
  const last = keys.pop()!
  const parent = keys.reduce<Record<string, unknown>>(
    (node, key) => node[key] as Record<string, unknown>,
    config,
  )
  if (value === 'nothing') delete parent[last]
  else parent[last] = value === 'data[0]' ? config.data[0] : JSON.parse(value)
  return config
}
