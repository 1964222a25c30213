import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MarketRows } from '@escapement/core'
import { afterAll, describe, expect, test } from 'vitest'
import { constantLatency } from '../../actors/fill-simulator/latency-model.ts'
import { writeNpz } from '../../adapters/npz/npz.ts'
import { fixtures } from '../kit/fixtures.ts'
import type { FolderCase } from './cases.ts'
import { compare, type Expected } from './compare.ts'
import { queueOf } from './formula.ts'
import { runParity } from './parity-session.ts'
import { type RunReport, reportOf } from './report.ts'
import { runDirectory } from './run-directory.ts'
import { type Market, marketOf, readMarket, sessionOf } from './setup.ts'
import { checksum, generateRows } from './synthetic.ts'

const fees = { maker: -0.0001, taker: 0.0005 }
const terms = { tick: 0.1, lot: 1, asset: { kind: 'linear', contractSize: 1 } } as const
const temporary = mkdtempSync(join(tmpdir(), 'escapement-parity-'))
afterAll(() => rmSync(temporary, { recursive: true, force: true }))

function run(market: Market, exchange = 'partialfixed') {
  const session = sessionOf(market, {
    strategy: { intervalNs: 10_000_000, levels: 5, lots: 3, takeEvery: 7, takeLots: 2 },
    exchange,
    formula: 'ln(1+b)/(ln(1+b)+ln(1+F))',
    fees,
    latency: constantLatency({ entryNs: 2_000_000, responseNs: 1_000_000 }),
  })
  const { core, observer } = runParity(session)
  const { instrument, origin } = market
  const contractSize = Number(instrument.contractSize.digits)
  return { observer, report: reportOf(core, observer, origin, { tick: 0.1, lot: 1, contractSize }) }
}

const recorded = (name: string, only: string) => () => {
  const dataDir = fixtures.path('data/binance')
  const share = { index: 0, of: 1 }
  const verdicts = [...runDirectory(fixtures.path('parity'), { dataDir, only, share })]
  expect(verdicts.length, name).toBeGreaterThan(0)
  for (const { name, problems } of verdicts) expect(problems, name).toEqual([])
}

describe.skipIf(!fixtures.available)('recorded runs of hftbacktest, through the session', () => {
  test(
    'modified orders, latency with rejects',
    recorded('S3', 'usdm_btcusdt_20240808.stitched/S3_nopartial_risk_intprej'),
  )
  test('partial fills in long queues', recorded('S1L', 'S1L_partialfixed_log_const'))
  test('the generated feed', recorded('synthetic', 'synthetic/'))
})

describe('the runner', () => {
  const rows = generateRows({ rows: 20_000 })
  const linear = run(marketOf(rows, terms, fees))

  test('generates the feed that the reference was given', () => {
    expect(checksum(generateRows({ rows: 200_000 }))).toBe('f22dc2656f753878')
  })

  test('a market split over two files runs as the whole', () => {
    const files = ['a.npz', 'b.npz']
    writeNpz(join(temporary, 'a.npz'), part(rows, 0, 9_000))
    writeNpz(join(temporary, 'b.npz'), part(rows, 9_000, rows.length))
    const folder: FolderCase = { ...terms, asset: { ...terms.asset }, data: files }
    const { report } = run(readMarket(folder, fees, temporary))
    expect(report.exact).toEqual(linear.report.exact)
    expect(report.fills.length).toBeGreaterThan(50)
  })

  test('an inverse contract is worth quantity over price', () => {
    const asset = { kind: 'inverse', contractSize: 100 } as const
    const { report } = run(marketOf(rows, { ...terms, asset }, fees))
    let [balance, value] = [0, 0]
    for (const { fill } of report.fills) {
      const amount = (100 * fill.lastQty) / (fill.lastPrice * 0.1)
      balance -= amount * fill.side
      value += amount
    }
    expect(report.float.balance).toBeCloseTo(balance, 9)
    expect(report.float.trading_value).toBeCloseTo(value, 9)
    expect(report.exact.fills_csv_fnv1a64).toBe(linear.report.exact.fills_csv_fnv1a64)
  })

  test('equal runs have no difference, and each recorded figure is compared', () => {
    const { report, observer } = linear
    const expected = expectedOf(report, observer.samples)
    expect(compare(report, observer.samples, expected)).toEqual([])
    for (const name of [...Object.keys(report.exact), ...Object.keys(report.float)]) {
      const row = { ...expected.row, [name]: '12345.5' }
      const [first] = compare(report, observer.samples, { ...expected, row })
      expect(first?.what, name).toBe(name)
    }
  })

  test('a fill, an order and a sample that differ are named by row', () => {
    const { report, observer } = linear
    const expected = expectedOf(report, observer.samples)
    const other = { ...expected, fillsCsv: expected.fillsCsv.replace(/,1,/, ',-1,') }
    expect(compare(report, observer.samples, other)[0]?.what).toMatch(/^fill row \d+$/)
    const orders = { ...expected, ordersCsv: `${report.ordersCsv}1,2\n` }
    expect(compare(report, observer.samples, orders)[0]?.what).toMatch(/^order row \d+$/)
    const [sample, ...rest] = observer.samples
    const samples = [{ ...sample!, equity: sample!.equity + 1e-6 }, ...rest]
    expect(compare(report, observer.samples, { ...expected, samples })[0]?.what).toBe(
      'state sample 0',
    )
  })

  test('a queue formula that is none of ours is refused', () => {
    expect(queueOf('b^3/(b^3+F^3)')).toEqual({ model: 'power', n: 3 })
    expect(queueOf('b^2/(b+F)^2')).toEqual({ model: 'power2', n: 2 })
    expect(queueOf('1-(F/(F+b))^3')).toEqual({ model: 'power3', n: 3 })
    expect(() => queueOf('b/F')).toThrow(/ESC_CONFIG_INVALID/)
  })

  test('a directory without cases, and one of another format, is refused', () => {
    const selection = { dataDir: temporary, only: '', share: { index: 0, of: 1 } }
    expect(() => [...runDirectory(join(temporary, 'none'), selection)]).toThrow(/ESC_CONFIG_READ/)
    writeFileSync(join(temporary, 'cases.json'), '{"format":"parity-2"}')
    expect(() => [...runDirectory(temporary, selection)]).toThrow(/ESC_CONFIG_INVALID.*format/s)
  })
})

function expectedOf(report: RunReport, samples: Expected['samples']): Expected {
  const floats = Object.entries(report.float).map(([name, value]) => [name, String(value)])
  const row = { ...report.exact, ...Object.fromEntries(floats) }
  return { row, fillsCsv: report.fillsCsv, ordersCsv: report.ordersCsv, samples }
}

function part(rows: MarketRows, from: number, to: number): MarketRows {
  return {
    ...rows,
    length: to - from,
    kind: rows.kind.slice(from, to),
    flags: rows.flags.slice(from, to),
    exchTime: rows.exchTime.slice(from, to),
    localTime: rows.localTime.slice(from, to),
    price: rows.price.slice(from, to),
    qty: rows.qty.slice(from, to),
  }
}
