import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CalibrateFlags, calibrateCommand } from '../../runtime/cli/calibrate.command.ts'
import { loadMarket, staysOfRun } from '../../runtime/cli/load-market.ts'
import { escapement, folderWith, onlyJson } from '../kit/cli.ts'
import { type Config, smallConfig } from '../kit/cli-config.ts'
import { contentOf, inProcess, ranIn } from '../kit/cli-run.ts'

/** A quiet market and a maker that moves its quotes each two seconds. */
const restful = (): Config => ({
  ...smallConfig(),
  data: [
    {
      synthetic: { seed: 5, durationSeconds: 60, rowsPerSecond: 1_500, volatilityTicks: 1 },
      instrument: 'BTC',
    },
  ],
  strategy: { module: 'builtin:market-maker', params: { intervalMs: 2_000, qtyLots: 1 } },
})
const fast: CalibrateFlags = { resamples: '60' }

const calibrated = (source: string, flags: CalibrateFlags = fast, isJson = true) =>
  inProcess(isJson, (output) => calibrateCommand(source, flags, output))

type Told = {
  readonly orders: number
  readonly filled: number
  readonly models: readonly { readonly family: string; readonly n: number; meanLossNs: number }[]
  readonly families: readonly unknown[]
  readonly fills: readonly Readonly<Record<string, string | null>>[]
  readonly code?: string
  readonly message?: string
}
const told = async (source: string, flags?: CalibrateFlags) =>
  onlyJson(await calibrated(source, flags)) as unknown as Told

const HEADER = 'order,instrument,side,price,qty,accepted_ns,first_fill_ns,ended_ns'

describe('calibrate fits the queue to the orders of a run', () => {
  it('and finds the model of the run right about all of them, writing nothing', async () => {
    const { folder, run } = await ranIn(restful())
    const before = contentOf(folder)
    const result = await told(run)
    expect(result).toMatchObject({ schema: 'escapement/calibrate-1', status: 'done', seed: 1 })
    expect(result.orders).toBeGreaterThan(20)
    expect(result.families.length).toBe(6)
    const own = result.models.find(({ family, n }) => family === 'power3' && n === 3)
    expect(own!.meanLossNs).toBe(0)
    expect(contentOf(folder)).toEqual(before)
  })

  it('as text, with the seed and a verdict, and as a picture that follows light and dark', async () => {
    const { folder, run } = await ranIn(restful())
    const out = join(folder, 'c.svg')
    const ended = await calibrated(run, { ...fast, seed: '9', out }, false)
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stdout).toContain('bootstrap of 60 draws with seed 9')
    expect(ended.stdout).toMatch(/^(best|not distinguishable): /m)
    const svg = readFileSync(out, 'utf8')
    expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
    expect(svg).toContain('prefers-color-scheme: dark')
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
    expect(svg.match(/<polyline/g)).toHaveLength(3)
  })

  it('through the real command line', async () => {
    const { folder } = await ranIn(restful())
    const ended = await escapement(['calibrate', 'run', '--resamples', '60'], { cwd: folder })
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stdout).toContain('stays in a queue')
  })
})

describe('calibrate takes a table of recorded orders', () => {
  it('and says of the orders of a run what it says of the run', async () => {
    const config = restful()
    const { folder, run } = await ranIn(config)
    const ofRun = await told(run)
    const sides = sidesOf(run)
    const lines = ofRun.fills.map(({ order, instrument, acceptedNs, firstFillNs, endedNs }, i) => {
      const { side, price } = sides[i]!
      const times = [acceptedNs, firstFillNs ?? '', endedNs ?? '']
      return [order, instrument, side, price, '0.001', ...times].join(',')
    })
    const orders = join(folder, 'orders.csv')
    writeFileSync(orders, `${[HEADER, ...lines].join('\n')}\n`)
    const { source: _run, ...same } = ofRun as Told & { source: string }
    expect(await told(join(folder, 'c.json'), { ...fast, orders })).toMatchObject(same)
    expect(await told(run, { ...fast, orders })).toMatchObject(same)
  })

  const GOOD = 'a,BTC,buy,60000.1,0.001,1700000000100000000,,1700000001000000000'
  it.each([
    ['no such file', null, 'no such file'],
    ['another header', 'order,price', 'line 1'],
    ['no orders', HEADER, 'no order that rested'],
    ['a cell too few', `${HEADER}\na,BTC,buy`, 'found 3 cells'],
    ['an unknown instrument', row('BTC', 'ETH'), 'line 2, instrument; found ETH; needed BTC'],
    ['a side that is none', row('buy', 'long'), 'side; found long'],
    ['a price off the tick', row('60000.1', '60000.15'), 'a multiple of the tick'],
    ['a price that is no decimal', row('60000.1', '6e4'), 'a plain decimal'],
    ['a quantity that is none', row('0.001', ''), 'qty; found nothing'],
    ['a time that is none', row('1700000000100000000', 'now'), 'epoch nanoseconds'],
    ['a time before the data', row('1700000000100000000', '17'), 'a time of the data'],
    [
      'an end before its start',
      row('1700000001000000000', '1700000000000000000'),
      'before accepted',
    ],
    ['no end at all', row('1700000001000000000', ''), 'ended_ns; found nothing'],
  ])('%s is bad input', async (_claim, text, said) => {
    const files = text === null ? {} : { 'o.csv': text }
    const folder = folderWith({ 'c.json': JSON.stringify(restful()), ...files })
    const out = join(folder, 'c.svg')
    const orders = join(folder, 'o.csv')
    const ended = await calibrated(join(folder, 'c.json'), { ...fast, orders, out })
    expect(ended.code).toBe(2)
    expect(onlyJson(ended)).toMatchObject({ status: 'failed', code: 'ESC_ORDERS_TABLE' })
    expect(onlyJson(ended).message).toContain(said)
    expect(existsSync(out)).toBe(false)
  })

  function row(from: string, to: string): string {
    return `${HEADER}\n${GOOD.replace(from, to)}\n`
  }
})

describe('calibrate refuses', () => {
  it.each([
    ['a configuration without orders', {}, 'ESC_USAGE'],
    ['draws that are no number', { resamples: 'many' }, 'ESC_USAGE'],
    ['a seed that is none', { seed: '-1' }, 'ESC_USAGE'],
    ['a horizon of nothing', { horizon: '0' }, 'ESC_USAGE'],
  ])('%s', async (_claim, flags, code) => {
    const folder = folderWith({ 'c.json': JSON.stringify(smallConfig()) })
    expect(await told(join(folder, 'c.json'), flags)).toMatchObject({ code })
  })

  it('what is neither a run nor a configuration', async () => {
    expect(await told(join(folderWith(), 'none'))).toMatchObject({ code: 'ESC_CONFIG_READ' })
    expect(await told(folderWith())).toMatchObject({ code: 'ESC_RUN_DIRECTORY' })
  })

  it('a run whose log is not the one it wrote', async () => {
    const { run } = await ranIn(smallConfig())
    const log = join(run, 'events/000000.seg')
    const bytes = readFileSync(log)
    bytes[bytes.length - 9]! ^= 1
    writeFileSync(log, bytes)
    expect(await told(run)).toMatchObject({ code: 'ESC_LOG_DAMAGED' })
  })

  it('a run whose data are others now', async () => {
    const { run } = await ranIn(smallConfig())
    const file = join(run, 'config.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"seed": 3', '"seed": 4'))
    const { code, message } = await told(run)
    expect([code, message]).toEqual(['ESC_RUN_DIFFERS', expect.stringContaining('data synthetic')])
  })
})

/** Side and price of each stay of a run, in their order. */
function sidesOf(run: string): readonly { readonly side: string; readonly price: string }[] {
  const market = loadMarket(run)
  return staysOfRun(market.run!, market).map(({ side, price }) => ({
    side: side === 1 ? 'buy' : 'sell',
    price: (price / 10).toFixed(1),
  }))
}
