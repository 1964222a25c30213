import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decimal, formatDecimal, parseDecimal, toScale } from '@escapement/core'
import { describe, expect, it } from 'vitest'
import type { RunSummary } from '../../runtime/cli/summary.ts'
import { escapement, folderWith, onlyJson } from '../kit/cli.ts'
import { type Config, smallConfig, twoConfig } from '../kit/cli-config.ts'

/** Asks for nothing, and fails at its tenth decision. */
const FAILING = `
  export const strategy = {
    name: 'failing',
    init: () => ({ asked: 0 }),
    decide(view, { asked }) {
      if (asked === 9) throw new Error('the wheel came off')
      return { wakeAt: view.now + 100_000_000, memory: { asked: asked + 1 } }
    },
  }`

/** The maker before a strategy that fails, with what `control` says about it. */
function withFailing(control: Record<string, unknown>): Config {
  const { strategies, ...rest } = twoConfig()
  return { ...rest, control, strategies: [strategies![0]!, { name: 'loose', module: './s.mjs' }] }
}

async function run(config: Config, flags: readonly string[] = ['--json']) {
  const cwd = folderWith({ 'c.json': JSON.stringify(config), 's.mjs': FAILING })
  const ended = await escapement(['backtest', 'c.json', '--out', 'out', ...flags], { cwd })
  return { ended, read: (name: string) => readFileSync(join(cwd, 'out', name), 'utf8') }
}

function sum(texts: readonly string[]): string {
  const digits = texts.reduce((total, text) => total + toScale(parseDecimal(text), 8)!, 0n)
  return formatDecimal(decimal(digits, 8))
}

describe('a run of two strategies', () => {
  it('sums up each by itself, and together they are the account', async () => {
    const [maker, slow] = twoConfig().strategies!
    const limited = { ...slow, risk: { maxPosition: '0.003' } }
    const { ended, read } = await run({
      ...twoConfig(),
      strategies: [maker!, limited],
      risk: { maxActiveQuotes: 3 },
    })
    expect(ended.code, ended.stderr).toBe(0)
    const summary = onlyJson(ended) as unknown as RunSummary
    const strategies = summary.strategies!
    expect(strategies.map(({ name }) => name)).toEqual(['maker', 'slow'])

    const total = (of: (strategy: (typeof strategies)[number]) => number) =>
      strategies.reduce((acc, strategy) => acc + of(strategy), 0)
    expect(total(({ orders }) => orders)).toBe(summary.orders)
    expect(total(({ fills }) => fills)).toBe(summary.fills)
    expect(total(({ positionLots }) => positionLots!)).toBe(summary.positionLots)
    expect(total(({ instruments }) => instruments[0]!.volumeLots)).toBe(
      summary.instruments[0]!.volumeLots,
    )
    for (const field of ['balance', 'fee', 'equity'] as const) {
      const amounts = strategies.map((strategy) => strategy[field]!)
      expect(sum(amounts), field).toBe(sum([summary[field]!]))
    }
    expect(sum(strategies.map(({ instruments }) => instruments[0]!.turnover))).toBe(
      sum([summary.instruments[0]!.turnover]),
    )

    const orders = read('fills.csv')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[4]!)
    for (const { name, fills } of strategies) {
      expect(fills).toBeGreaterThan(0)
      expect(orders.filter((order) => order.startsWith(`${name}-`)).length).toBe(fills)
    }
  })

  it("tells a denial by the account's limit from one by the strategy's own", async () => {
    const [maker, slow] = twoConfig().strategies!
    const strategies = [maker!, { ...slow, risk: { maxPosition: '0' } }]
    const denialsOf = async (risk: Record<string, unknown>) => {
      const { ended } = await run({ ...twoConfig(), strategies, risk })
      const summary = onlyJson(ended) as unknown as RunSummary
      return { all: summary.denials, each: summary.strategies!.map(({ denials }) => denials) }
    }
    const { all, each } = await denialsOf({})
    expect(all.MAX_POSITION).toBeGreaterThan(0)
    const none = { account: {}, own: {} }
    expect(each).toEqual([none, { account: {}, own: { MAX_POSITION: all.MAX_POSITION } }])
    // The account is asked first: an order of 3 lots is worth 180.
    const { all: small, each: bySmall } = await denialsOf({ maxSingleOrderNotional: '100' })
    expect(bySmall.map(({ own }) => own)).toEqual([{}, {}])
    const counts = bySmall.map(({ account }) => account.MAX_SINGLE_ORDER_NOTIONAL!)
    expect(counts[0]! + counts[1]!).toBe(small.MAX_SINGLE_ORDER_NOTIONAL)
  })

  it('names each in its manifest and in the text for people', async () => {
    const { ended, read } = await run(twoConfig(), [])
    expect(JSON.parse(read('manifest.json')).strategies).toEqual([
      { name: 'maker', module: 'builtin:market-maker', identity: 'builtin:market-maker@1' },
      { name: 'slow', module: 'builtin:market-maker', identity: 'builtin:market-maker@1' },
    ])
    expect(ended.stdout).toMatch(/^ {2}maker +\d+ orders, filled \d+ times, denied none$/m)
    expect(ended.stdout).toMatch(/^ {2}slow +\d+ orders/m)
    expect(ended.stdout).not.toContain('disabled')
  })
})

describe('a strategy of several that fails', () => {
  it('is named as disabled, and the other one goes on', async () => {
    const config = withFailing({ onStrategyFailure: 'disable' })
    const { ended } = await run(config)
    expect(ended.code, ended.stderr).toBe(0)
    const { disabled, strategies, orders } = onlyJson(ended) as unknown as RunSummary
    expect(disabled).toEqual([
      {
        strategy: 'loose',
        position: expect.any(Number),
        timeNs: '1700000000900000000',
        reason: 'the wheel came off',
      },
    ])
    expect(strategies!.map(({ orders }) => orders)).toEqual([orders, 0])
    expect(orders).toBeGreaterThan(20)
    const text = await run(config, [])
    expect(text.ended.stdout).toMatch(/^ {2}disabled +loose at position \d+: the wheel came off$/m)
  })

  it('is named when it ends the run', async () => {
    const { ended } = await run(withFailing({}))
    expect(ended.code).toBe(1)
    const { facts, position } = onlyJson(ended) as { facts: object; position: number }
    expect(facts).toEqual({
      field: `position ${position}, strategy loose`,
      found: 'the wheel came off',
    })
  })
})

it('a run of one strategy has no list of strategies, and nobody disabled', async () => {
  const { ended } = await run(smallConfig())
  const summary = onlyJson(ended)
  expect(summary).not.toHaveProperty('strategies')
  expect(summary.disabled).toEqual([])
})
