import { orderNamespace, parseDecimal } from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { type BacktestResult, runBacktest } from '../../runtime/backtest.ts'
import type { NamedStrategy } from '../../runtime/config/define-backtest.ts'
import { configFingerprint } from '../../runtime/config/fingerprint.ts'
import { checkConfig } from '../../runtime/config/read-config.ts'
import { BTC, backtestOf, making, market } from '../kit/backtest.ts'
import { type Config, configAfter, smallConfig, twoConfig } from '../kit/cli-config.ts'

const rows = market(5, 10)
const maker: NamedStrategy = { name: 'maker', strategy: making() }
const slow: NamedStrategy = { name: 'slow', strategy: making({ intervalMs: 500, qtyLots: 3 }) }

const fingerprintOf = (strategies: Parameters<typeof backtestOf>[2], session = {}) =>
  backtestOf(rows, session, strategies).context.configuration.fingerprint

const fillsOf = ({ recording }: BacktestResult, namespace: number) =>
  recording.fills.filter(({ fill }) => orderNamespace(fill.key) === namespace).length

describe('a list of strategies in a program', () => {
  it('of one without limits of its own is that strategy: same fingerprint, same run', () => {
    const alone = backtestOf(rows)
    const listed = backtestOf(rows, {}, [maker])
    expect(listed.context.configuration).toEqual(alone.context.configuration)
    expect(runBacktest(listed).eventLogHash).toBe(runBacktest(alone).eventLogHash)
    expect(listed.configuration.namespaces).toEqual(['maker'])
    expect(alone.configuration.namespaces).toEqual(['kit'])
  })

  it('gives each a namespace and a portfolio of its own, and both trade', () => {
    const result = runBacktest(backtestOf(rows, {}, [maker, slow]))
    const { own, accounts } = result.state.execution
    for (const [index, { accounts: mine }] of own.entries()) {
      expect(mine[0]!.fills).toBe(fillsOf(result, index))
      expect(mine[0]!.fills).toBeGreaterThan(0)
    }
    expect(own.reduce((sum, { accounts: [mine] }) => sum + mine!.position, 0)).toBe(
      accounts[0]!.position,
    )
  })

  it('under other names is the same run, and in another order another one', () => {
    const renamed = [
      { ...maker, name: 'a' },
      { ...slow, name: 'b' },
    ]
    expect(fingerprintOf(renamed)).toBe(fingerprintOf([maker, slow]))
    const hash = (strategies: readonly NamedStrategy[]) =>
      runBacktest(backtestOf(rows, {}, strategies)).eventLogHash
    expect(hash(renamed)).toBe(hash([maker, slow]))
    expect(fingerprintOf([slow, maker])).not.toBe(fingerprintOf([maker, slow]))
    expect(hash([slow, maker])).not.toBe(hash([maker, slow]))
  })

  it('that is empty, has a name twice or a wrong limit is refused, naming the field', () => {
    const refused = (strategies: readonly NamedStrategy[]) => {
      try {
        backtestOf(rows, {}, strategies)
      } catch (cause) {
        return cause
      }
      return null
    }
    expect(refused([])).toMatchObject({
      code: 'ESC_CONFIG_INVALID',
      facts: { field: 'strategies' },
    })
    expect(refused([maker, { ...slow, name: 'maker' }])).toMatchObject({
      code: 'ESC_CONFIG_INVALID',
      facts: { field: 'strategies[1].name', file: 'the session' },
    })
    expect(refused([maker, { ...slow, risk: { maxPosition: '1e3' } }])).toMatchObject({
      code: 'ESC_CONFIG_DECIMAL',
      facts: { field: 'strategies[1].risk.maxPosition' },
    })
  })
})

describe('limits of its own', () => {
  it('bind the strategy that has them and no other', () => {
    const limited = { ...slow, risk: { maxPosition: '0', maxRollingLoss: ROLLING } }
    const definition = backtestOf(rows, {}, [maker, limited])
    const { ownRisk, risk } = definition.configuration
    const windowNs = 2_500_000_000
    expect(ownRisk).toEqual([
      null,
      {
        maxPosition: parseDecimal('0'),
        maxRollingLoss: { amount: parseDecimal('5.5'), windowNs },
      },
    ])
    expect(risk).toEqual({})
    const result = runBacktest(definition)
    expect(fillsOf(result, 0)).toBeGreaterThan(0)
    expect(fillsOf(result, 1)).toBe(0)
    expect(fingerprintOf([maker, limited])).not.toBe(fingerprintOf([maker, slow]))
  })

  it('are absent where nobody has any', () => {
    const { configuration } = backtestOf(rows, {}, [maker, { ...slow, risk: {} }])
    expect(configuration).not.toHaveProperty('ownRisk')
    expect(configuration).not.toHaveProperty('ownRates')
    expect(fingerprintOf([maker, { ...slow, risk: {} }])).toBe(fingerprintOf([maker, slow]))
  })
})

const ROLLING = { amount: '5.5', windowSeconds: 2.5 }

describe('a rate of its own', () => {
  const both = { BTC: rows, ETH: rows }
  const never = { ...BTC, rateLimits: { ordersPerSecond: '0' } }
  const orders = (instruments: Readonly<Record<string, typeof BTC>>, ordersPerSecond?: string) => {
    const rateLimits = ordersPerSecond === undefined ? {} : { ordersPerSecond }
    return runBacktest(backtestOf(both, { instruments, rateLimits })).recording.fills.length
  }

  it('holds back its instrument alone, and the shared one holds it back no more', () => {
    expect(orders({ BTC: never, ETH: BTC })).toBe(0)
    expect(orders({ BTC, ETH: never })).toBeGreaterThan(0)
    const free = { ...BTC, rateLimits: {} }
    expect(orders({ BTC, ETH: BTC }, '0')).toBe(0)
    expect(orders({ BTC: free, ETH: BTC }, '0')).toBe(orders({ BTC, ETH: BTC }))
  })

  it('is one entry an instrument in the Configuration, in the order of the data', () => {
    const instruments = { ETH: never, BTC }
    const { configuration } = backtestOf(both, { instruments })
    expect(configuration.ownRates).toEqual([null, { orders: parseDecimal('0') }])
    expect(fingerprintOf(making(), { instruments: { BTC: never } })).not.toBe(
      fingerprintOf(making(), { instruments: { BTC } }),
    )
  })
})

describe('the fingerprint of a configuration file', () => {
  const of = (config: Config) => configFingerprint(checkConfig(config, 'c'), ['one', 'two'], 'none')

  it('is that of its strategy for a list of one', () => {
    const { strategy, ...rest } = smallConfig()
    const listed = { ...rest, strategies: [{ name: 'any', ...strategy }] } as unknown as Config
    expect(of(listed)).toBe(of(smallConfig()))
  })

  it('covers identity, parameters, limits and order, and no name', () => {
    const changed = [
      'strategies[1].params = {"qtyLots": 4}',
      'strategies[1].risk = {"maxPosition": "1"}',
      'strategies[0].risk = {"maxPosition": "1"}',
      'instruments.BTC.rateLimits = {"ordersPerSecond": "1"}',
    ].map((change) => of(configAfter(change, twoConfig())))
    const { strategies } = twoConfig()
    const swapped = of({ ...twoConfig(), strategies: [...strategies!].reverse() })
    const others = configFingerprint(checkConfig(twoConfig(), 'c'), ['one', 'three'], 'none')
    const all = [of(twoConfig()), ...changed, swapped, others]
    expect(new Set(all).size).toBe(all.length)
    expect(of(configAfter('strategies[1].name = "other"', twoConfig()))).toBe(of(twoConfig()))
  })
})
