import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { encodeNpz } from '../../adapters/npz/encode.ts'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import { tableSchemas } from '../../runtime/analysis/tables/schemas.ts'
import { type TablesFlags, tablesCommand } from '../../runtime/cli/tables.command.ts'
import { escapement, onlyJson } from '../kit/cli.ts'
import { type Config, configAfter, smallConfig, twoConfig } from '../kit/cli-config.ts'
import { contentOf, csvRows, inProcess, ranIn } from '../kit/cli-run.ts'

const tables = (run: string, flags: TablesFlags = {}, isJson = true) =>
  inProcess(isJson, (output) => tablesCommand(run, flags, output))

const NAMES = ['fills', 'orders', 'equity', 'decisions', 'quotes', 'markouts', 'metrics']
const parquet = async (file: string) =>
  parquetReadObjects({ file: await asyncBufferFromFile(file) })
const summaryOf = (run: string) => JSON.parse(readFileSync(join(run, 'summary.json'), 'utf8'))

describe('tables are written of a recorded run', () => {
  it('as Parquet, each with its documented columns and its hash in the list', async () => {
    const { run } = await ranIn(smallConfig())
    const ended = await tables(run)
    expect(ended.code, ended.stderr).toBe(0)
    const told = onlyJson(ended)
    expect(told).toMatchObject({ schema: 'escapement/tables-1', status: 'done' })
    const list = JSON.parse(readFileSync(join(run, 'tables', 'tables.json'), 'utf8'))
    expect(list.tables.map(({ name }: { name: string }) => name)).toEqual(NAMES)
    expect(list.run.eventLogHash).toBe(summaryOf(run).eventLogHash)
    for (const { name, file, rows, sha256 } of list.tables) {
      const path = join(run, 'tables', file)
      expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(sha256)
      const found = await parquet(path)
      expect(found).toHaveLength(rows)
      expect(rows).toBeGreaterThan(0)
      const columns = Object.keys(tableSchemas[name as keyof typeof tableSchemas])
      expect(Object.keys(found[0]!)).toEqual(columns)
    }
  })

  it('that say what the files of the run say', async () => {
    const { run } = await ranIn(smallConfig())
    await tables(run, { format: 'csv' })
    const fills = csvRows(join(run, 'tables', 'fills.csv'))
    const recorded = csvRows(join(run, 'fills.csv'))
    const common = ['position', 'time_ns', 'exch_time_ns', 'order', 'price', 'qty', 'fee', 'cause']
    const of = (row: Readonly<Record<string, string>>) => common.map((name) => row[name])
    expect(fills.map(of)).toEqual(recorded.map(of))
    const equity = csvRows(join(run, 'tables', 'equity.csv'))
    expect(equity.map((row) => [row.time_ns, row.equity])).toEqual(
      csvRows(join(run, 'equity.csv')).map((row) => [row.time_ns, row.equity]),
    )
    const { instruments, statistics, orders, fee } = summaryOf(run)
    const metric = new Map(
      csvRows(join(run, 'tables', 'metrics.csv'))
        .filter(({ instrument }) => instrument === '')
        .map((row) => [row.metric, row]),
    )
    expect(metric.get('turnover')!.exact).toBe(instruments[0].turnover)
    expect(metric.get('fees')!.exact).toBe(fee)
    expect(metric.get('maxDrawdown')!.exact).toBe(statistics.maxDrawdown)
    expect(Number(metric.get('sharpe')!.value)).toBe(statistics.sharpe)
    expect(Number(metric.get('hitRatio')!.value)).toBe(statistics.hitRatio)
    expect(Number(metric.get('orders')!.value)).toBe(orders)
    const made = csvRows(join(run, 'tables', 'orders.csv'))
    expect(made).toHaveLength(orders)
    const lots = (rows: typeof made, column: string) =>
      rows.reduce((sum, row) => sum + Number(row[column]), 0)
    expect(lots(made, 'filled_lots')).toBe(instruments[0].volumeLots)
    expect(lots(csvRows(join(run, 'tables', 'quotes.csv')), 'filled_lots')).toBe(
      instruments[0].volumeLots,
    )
  })

  it('with the same bytes in every format from the same run elsewhere', async () => {
    const [one, two] = [await ranIn(smallConfig()), await ranIn(smallConfig())]
    for (const format of ['parquet', 'csv', 'json']) {
      await tables(one.run, { format, out: join(one.folder, 'out', format) })
      await tables(two.run, { format, out: join(two.folder, 'out', format) })
    }
    const found = contentOf(join(one.folder, 'out'))
    expect(found).toHaveLength(24)
    expect(contentOf(join(two.folder, 'out'))).toEqual(found)
  })

  it('of several strategies by name', async () => {
    const { run } = await ranIn(twoConfig())
    await tables(run, { format: 'csv' })
    const names = csvRows(join(run, 'tables', 'orders.csv')).map(({ strategy }) => strategy)
    expect([...new Set(names)].sort()).toEqual(['maker', 'slow'])
  })

  it('with the mids of the market itself, if they are asked for', async () => {
    const rows = syntheticMarket({ seed: 3, durationSeconds: 5, rowsPerSecond: 800 })
    const config: Config = { ...smallConfig(), data: [{ path: 'm.npz', instrument: 'BTC' }] }
    const { folder, run } = await ranIn(config, { 'm.npz': Buffer.concat(encodeNpz(rows)) })
    const known = async (flags: TablesFlags) => {
      await tables(run, { format: 'csv', base: folder, ...flags })
      const metrics = csvRows(join(run, 'tables', 'metrics.csv'))
      return metrics.find((row) => row.metric === 'markoutFills' && row.horizon_ns === '10000000')
    }
    const sampled = Number((await known({}))!.value)
    const complete = Number((await known({ market: true }))!.value)
    expect(complete).toBeGreaterThan(sampled)
    rmSync(join(folder, 'm.npz'))
    expect((await tables(run, {})).code).toBe(0)
    const ended = await tables(run, { market: true, base: folder })
    expect(ended).toMatchObject({ code: 2 })
    expect(onlyJson(ended)).toMatchObject({ code: 'ESC_DATA_READ' })
  })

  it('of a run that failed, as far as it came: without equity', async () => {
    const config = configAfter('strategy = {"module":"./s.mjs"}')
    const { run } = await ranIn(config, { 's.mjs': FAILING })
    expect(readdirSync(run)).toContain('_FAILED')
    const ended = await tables(run, { format: 'csv' })
    expect(ended.code, ended.stderr).toBe(0)
    const told = onlyJson(ended) as { metrics: Record<string, number | null> }
    expect(told).toMatchObject({ run: { outcome: 'failed', eventLogHash: null } })
    expect(told.metrics).toMatchObject({ sharpe: null, pnl: null, maxDrawdown: null, orders: 1 })
    expect(Object.values(told.metrics)).not.toContain(Number.NaN)
  })

  it('from the command line, for a person', async () => {
    const { run } = await ranIn(smallConfig())
    const args = ['tables', run, '--interval', '0.1', '--days-per-year', '365', '--format', 'json']
    const { code, stdout } = await escapement(args)
    expect(code).toBe(0)
    expect(stdout).toMatch(/fills\.json {2,}\d+ rows/)
    const metrics = JSON.parse(readFileSync(join(run, 'tables', 'metrics.json'), 'utf8'))
    const annual = metrics.find(({ metric }: { metric: string }) => metric === 'annualSharpe')
    const plain = metrics.find(({ metric }: { metric: string }) => metric === 'sharpe')
    expect(annual.value / plain.value).toBeCloseTo(Math.sqrt(365 * 864_000), 6)
  })
})

describe('tables are refused', () => {
  it.each<[TablesFlags, string]>([
    [{ format: 'xlsx' }, '--format'],
    [{ interval: '0' }, '--interval'],
    [{ interval: '1e3' }, '--interval'],
    [{ daysPerYear: '-1' }, '--days-per-year'],
  ])('for %j, before the run is read', async (flags, field) => {
    const ended = await tables('/nowhere', flags)
    expect(ended.code).toBe(2)
    expect(onlyJson(ended)).toMatchObject({ code: 'ESC_USAGE', facts: { field } })
  })

  it.each([
    ['equity.csv', (text: string) => text.replace('time_ns', 'time'), 'header'],
    ['equity.csv', (text: string) => text.replace('BTC', 'ETH'), 'instrument'],
    ['equity.csv', (text: string) => text.replace(/,[\d.-]*(,\d+,\d+\n)$/, ',x$1'), 'equity'],
    ['equity.csv', (text: string) => text.replace(/\d+\n$/, 'x\n'), 'ask_ticks'],
    ['equity.csv', (text: string) => text.slice(0, -3), 'end'],
    ['manifest.json', (text: string) => text.replace('originNs', 'origin'), 'originNs'],
    ['summary.json', (text: string) => text.replace(/(eventLogHash": ")../, '$1zz'), 'its hash'],
  ])(
    'where %s is not what the run wrote (%#), and nothing is written',
    async (name, change, field) => {
      const { folder, run } = await ranIn(smallConfig())
      const file = join(run, name)
      const text = readFileSync(file, 'utf8')
      expect(change(text)).not.toBe(text)
      writeFileSync(file, change(text))
      const before = contentOf(folder)
      const ended = await tables(run)
      expect(ended.code).toBe(2)
      expect(onlyJson(ended)).toMatchObject({ code: 'ESC_RUN_DIRECTORY', facts: { field } })
      expect(contentOf(folder)).toEqual(before)
    },
  )

  it('where equity is missing of a run that is done, or the folder cannot be made', async () => {
    const { run } = await ranIn(smallConfig())
    const there = join(run, 'summary.json', 'tables')
    expect(onlyJson(await tables(run, { out: there }))).toMatchObject({ code: 'ESC_OUTPUT' })
    rmSync(join(run, 'equity.csv'))
    const ended = await tables(run)
    expect(onlyJson(ended)).toMatchObject({ code: 'ESC_RUN_DIRECTORY' })
    expect(readdirSync(run)).not.toContain('tables')
  })
})

/** Bids once, and fails the third time it is asked. */
const FAILING = `export const strategy = {
  name: 'failing',
  init: () => ({ asked: 0 }),
  decide(view, { asked }) {
    if (asked === 2) throw new Error('enough')
    const touch = view.touch()
    const rest = { wakeAt: view.now + 100_000_000, memory: { asked: asked + 1 } }
    if (touch === null || asked === 0 || view.openOrders().length > 0) return rest
    const key = view.newOrderKey()
    const terms = { side: 1, orderType: 'limit', timeInForce: 'GTC', price: touch.bid, qty: 5 }
    return { ...rest, intents: [{ type: 'intent.new', key, instrument: 0, ...terms }] }
  },
}`
