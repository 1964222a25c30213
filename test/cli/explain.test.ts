import { existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeNpz } from '../../adapters/npz/encode.ts'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import { type ExplainFlags, explainCommand } from '../../runtime/cli/explain.command.ts'
import { escapement, folderWith, onlyJson } from '../kit/cli.ts'
import { type Config, configAfter, smallConfig, twoConfig } from '../kit/cli-config.ts'
import { contentOf, csvRows, inProcess, ranIn } from '../kit/cli-run.ts'

const npz = (seed: number) =>
  Buffer.concat(encodeNpz(syntheticMarket({ seed, durationSeconds: 5, rowsPerSecond: 800 })))

const explain = (run: string, order: string, flags: ExplainFlags = {}, isJson = true) =>
  inProcess(isJson, (output) => explainCommand(run, order, flags, output))

const onFile = (path = 'm.npz'): Config => {
  const config = smallConfig()
  return { ...config, data: [{ path, instrument: 'BTC' }] }
}
/** A strategy that bids at the best price, looking each `ms`; without an import it may lie anywhere. */
const bidding = (ms: number, first = '') => `export const strategy = {
  name: 'bidding',
  init: () => null,
  decide(view) {
    ${first}
    const touch = view.touch()
    const wakeAt = view.now + ${ms} * 1_000_000
    if (touch === null || view.openOrders().length > 0) return { wakeAt }
    const key = view.newOrderKey()
    const terms = { side: 1, orderType: 'limit', timeInForce: 'GTC', price: touch.bid, qty: 5 }
    return { wakeAt, intents: [{ type: 'intent.new', key, instrument: 0, ...terms }] }
  },
}`
const own = (): Config => ({ ...smallConfig(), strategy: { module: './s.mjs' } })

describe('explain tells why an order was filled, or not', () => {
  it('with the fills of fills.csv, as JSON, and writes nothing', async () => {
    const { folder, run } = await ranIn(smallConfig())
    const before = contentOf(folder)
    const [first] = csvRows(join(run, 'fills.csv'))
    const ended = await explain(run, first!.order!)
    expect(ended.code, ended.stderr).toBe(0)
    const told = onlyJson(ended)
    expect(told).toMatchObject({
      schema: 'escapement/explain-1',
      status: 'done',
      order: first!.order,
      run: { outcome: 'done', failure: null },
    })
    const fills = (told.timeline as { kind: string }[]).filter(({ kind }) => kind === 'filled')
    expect(fills[0]).toMatchObject({
      position: Number(first!.position),
      timeNs: first!.exch_time_ns,
      receivedNs: first!.time_ns,
      price: first!.price,
      qty: first!.qty,
      fee: first!.fee,
      cause: first!.cause,
      row: Number(first!.cause_row),
      queueBefore: Number(first!.queue_before),
    })
    expect(contentOf(folder)).toEqual(before)
  })

  it('takes the key as an integer too, also of a second strategy', async () => {
    const { run } = await ranIn(twoConfig())
    const named = onlyJson(await explain(run, 'slow-1'))
    const keyed = onlyJson(await explain(run, String(2 ** 40 + 1)))
    expect(keyed).toEqual(named)
    expect(named).toMatchObject({ strategy: 'slow', key: 2 ** 40 + 1 })
  })

  it('as text folds long runs of rows, and shows all of them when asked', async () => {
    const config = configAfter(
      'data[0].synthetic = {"seed":5,"durationSeconds":10,"rowsPerSecond":5000,"volatilityTicks":0}',
    )
    config.strategy = { module: 'builtin:market-maker', params: { intervalMs: 2_000 } }
    const { run } = await ranIn(config)
    const moves = async (order: number) => {
      const { timeline } = onlyJson(await explain(run, String(order)))
      const entries = timeline as { kind: string; queueBefore: number; queueAfter: number }[]
      const isSeen = (before: number, after: number) => Math.abs(before - after) > 1e-6
      return entries.filter((e) => e.kind === 'moved' && isSeen(e.queueBefore, e.queueAfter)).length
    }
    const counts = [await moves(1), await moves(2), await moves(3), await moves(4)]
    const most = Math.max(...counts)
    expect(most).toBeGreaterThan(2)
    const order = String(counts.indexOf(most) + 1)
    const text = async (rows: string) => (await explain(run, order, { rows }, false)).stdout
    const rowsIn = (told: string) => told.match(/ row \d+ +\w/g)?.length ?? 0
    const all = await text('all')
    expect(rowsIn(all)).toBe(most)
    const folded = await text('1')
    expect(rowsIn(folded)).toBeLessThan(most)
    expect(folded).toMatch(/\d+ more rows: queue [\d.]+ -> [\d.]+; --rows all/)
  })

  it('through the real command line', async () => {
    const { folder } = await ranIn(smallConfig())
    const ended = await escapement(['explain', 'run', 'small-1'], { cwd: folder })
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stdout).toMatch(/^small-1: (buy|sell) 0\.01 BTC at/)
    expect(ended.stdout).toContain('decision')
    const wrong = await escapement(['explain', 'run'], { cwd: folder })
    expect(wrong.code).toBe(2)
  })
})

describe('explain finds what the run needs', () => {
  it('from another working directory, by the folder in the manifest', async () => {
    const { run } = await ranIn(onFile(), { 'm.npz': npz(4) })
    expect((await explain(run, '1')).code).toBe(0)
  })

  it('in another folder when data and strategy have moved and --base says where', async () => {
    const { folder, run } = await ranIn(onFile(), { 'm.npz': npz(4) })
    const other = folderWith()
    renameSync(join(folder, 'm.npz'), join(other, 'm.npz'))
    const lost = await explain(run, '1')
    expect(lost.code).toBe(2)
    expect(onlyJson(lost)).toMatchObject({ code: 'ESC_DATA_READ' })
    expect(onlyJson(lost).message).toContain('--base')
    expect((await explain(run, '1', { base: other })).code).toBe(0)
  })
})

const differing = async (
  config: Config,
  files: Readonly<Record<string, string | Uint8Array>>,
  change: (folder: string) => void,
) => {
  const { folder, run } = await ranIn(config, files)
  expect((await explain(run, '1')).code).toBe(0)
  change(folder)
  const before = contentOf(folder)
  const ended = await explain(run, '1')
  expect(ended.code).toBe(2)
  expect(contentOf(folder)).toEqual(before)
  return onlyJson(ended) as { code: string; message: string; facts: Record<string, string> }
}

describe('explain refuses a run that cannot be repeated, and says what differs', () => {
  it('other data', async () => {
    const told = await differing(onFile(), { 'm.npz': npz(4) }, (folder) =>
      writeFileSync(join(folder, 'm.npz'), npz(5)),
    )
    expect(told).toMatchObject({ code: 'ESC_RUN_DIFFERS', facts: { field: 'data m.npz' } })
  })

  it('a strategy that was edited since', async () => {
    const told = await differing(own(), { 's.mjs': bidding(200) }, (folder) =>
      writeFileSync(join(folder, 's.mjs'), bidding(300)),
    )
    expect(told.code).toBe('ESC_RUN_DIFFERS')
    expect(told.facts.field).toBe('strategy small (./s.mjs)')
  })

  it('a configuration that was edited since', async () => {
    const told = await differing(smallConfig(), {}, (folder) => {
      const file = join(folder, 'run/config.json')
      writeFileSync(file, readFileSync(file, 'utf8').replace('"n": 3', '"n": 2'))
    })
    expect(told).toMatchObject({ code: 'ESC_RUN_DIFFERS' })
    expect(told.facts.field).toContain('fingerprint')
  })

  it('an event log that says something else', async () => {
    const told = await differing(smallConfig(), {}, (folder) => {
      const file = join(folder, 'run/events/000000.seg')
      const bytes = readFileSync(file)
      bytes[bytes.length >> 1]! ^= 1
      writeFileSync(file, bytes)
    })
    expect(told).toMatchObject({ code: 'ESC_LOG_DAMAGED' })
    expect(told.facts.field).toMatch(/^byte \d+$/)
  })

  it('a State that hashes to something else', async () => {
    const told = await differing(smallConfig(), {}, (folder) => {
      const file = join(folder, 'run/summary.json')
      writeFileSync(file, readFileSync(file, 'utf8').replace(/("stateHash": ")./, '$1x'))
    })
    expect(told).toMatchObject({ code: 'ESC_RUN_DIFFERS', facts: { field: 'stateHash' } })
  })
})

describe('explain refuses what is no run and no order', () => {
  it.each([
    ['a folder that is not there', () => join(folderWith(), 'none')],
    ['a folder of something else', () => folderWith({ 'a.txt': 'hello' })],
    ['a file', () => join(folderWith({ 'a.txt': 'hello' }), 'a.txt')],
  ])('%s', async (_claim, run) => {
    const ended = await explain(run(), '1')
    expect(ended.code).toBe(2)
    expect(onlyJson(ended)).toMatchObject({ status: 'failed', code: 'ESC_RUN_DIRECTORY' })
  })

  it.each([
    ['no JSON', (_text: string) => '{'],
    ['another schema', (text: string) => text.replace('run-1', 'run-9')],
    ['no fingerprint', (text: string) => text.replace('configFingerprint', 'x')],
  ])('a manifest with %s', async (_claim, damage) => {
    const { run } = await ranIn(smallConfig())
    const file = join(run, 'manifest.json')
    writeFileSync(file, damage(readFileSync(file, 'utf8')))
    const ended = await explain(run, '1')
    expect(ended.code).toBe(2)
    const { code, facts } = onlyJson(ended) as { code: string; facts: { file: string } }
    expect([code, facts.file]).toEqual(['ESC_RUN_DIRECTORY', file])
  })

  it.each([
    ['small-999999', 'ESC_ORDER_UNKNOWN', /needed small-\d+, small-\d+/],
    ['nobody-1', 'ESC_ORDER_UNKNOWN', /needed small-<n>/],
    ['', 'ESC_ORDER_UNKNOWN', /small-<n>/],
    ['999999', 'ESC_ORDER_UNKNOWN', /small-\d+/],
  ])('the order %s', async (order, code, text) => {
    const { run } = await ranIn(smallConfig())
    const ended = await explain(run, order)
    expect(ended.code).toBe(2)
    expect(onlyJson(ended)).toMatchObject({ code })
    expect(onlyJson(ended).message).toMatch(text)
  })

  it('--rows that are no number', async () => {
    const ended = await explain(folderWith(), '1', { rows: 'many' })
    expect(onlyJson(ended)).toMatchObject({ code: 'ESC_USAGE', facts: { field: '--rows' } })
  })
})

describe('explain goes as far as a run went', () => {
  it('that was denied by Risk from the start', async () => {
    const { run } = await ranIn(configAfter('risk.maxPosition = "0.001"'))
    const ended = await explain(run, 'small-1', {}, false)
    expect(ended.stdout).toMatch(/new denied: \w+, a limit of the account/)
    expect(ended.stdout).toContain('end: denied by Risk')
  })

  it('that failed', async () => {
    const source = bidding(200, "if (view.now > 3e9) throw new Error('enough')")
    const { run } = await ranIn(own(), { 's.mjs': source })
    expect(existsSync(join(run, '_FAILED'))).toBe(true)
    const told = onlyJson(await explain(run, 'small-1'))
    expect(told).toMatchObject({
      run: { outcome: 'failed', failure: { code: 'ESC_STRATEGY_FAILED' }, eventLogHash: null },
    })
  })

  it('that was interrupted, in the middle of a record', async () => {
    const { run } = await ranIn(smallConfig())
    const whole = onlyJson(await explain(run, 'small-1')) as { timeline: unknown[] }
    rmSync(join(run, '_DONE'))
    rmSync(join(run, 'summary.json'))
    const log = join(run, 'events/000000.seg')
    truncateSync(log, Math.floor(readFileSync(log).length / 3) + 3)
    const told = onlyJson(await explain(run, 'small-1')) as { timeline: unknown[] }
    expect(told).toMatchObject({ status: 'done', run: { outcome: 'open', failure: null } })
    expect(told.timeline).toEqual(whole.timeline.slice(0, told.timeline.length))
  })
})
