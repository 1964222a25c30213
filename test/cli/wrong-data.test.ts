import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { ErrorCode } from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { encodeDataset } from '../../adapters/dataset/codec.ts'
import { encodeNpy, encodeNpz } from '../../adapters/npz/encode.ts'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import { BOTH, type Event, npyOf } from '../adapters/npy-bytes.ts'
import { escapement, folderWith, onlyJson, refusedBacktest } from '../kit/cli.ts'
import { smallConfig } from '../kit/cli-config.ts'

const rows = syntheticMarket({ seed: 3, durationSeconds: 1, rowsPerSecond: 300 })
const npz = Buffer.concat(encodeNpz(rows))
const npy = Buffer.from(encodeNpy(rows))
const dataset = Buffer.from(encodeDataset(rows, { symbol: 'BTC' }))

const T = 1_723_161_256_000_000_000n
const [DEPTH, BUY, SELL] = [1, 2 ** 29, 2 ** 28]
const level = (parts: Partial<Event> = {}): Event => ({
  ev: BOTH + BUY + DEPTH,
  exch: T,
  local: T + 5n,
  px: 60_000.1,
  qty: 1,
  ...parts,
})
/** Ten right levels, with row 7 changed. */
const withRow7 = (parts: Partial<Event>) =>
  npyOf(Array.from({ length: 10 }, (_, row) => level(row === 7 ? parts : {})))

const depth = (line: number, bids: string) =>
  `${T + BigInt(line)} {"stream":"btc@depth@0ms","data":{"e":"depthUpdate","E":1723161256000,` +
  `"T":1723161256000,"s":"BTC","U":${line},"u":${line},"pu":${line - 1},"b":${bids},"a":[]}}`
const capture = [1, 2, 3].map((line) => depth(line, '[["60000.10","1.0"]]')).join('\n')

const flipped = (bytes: Uint8Array, at: number) => {
  const copy = Buffer.from(bytes)
  copy[at]! ^= 1
  return copy
}
/** Where the quantity of row 100 lies: a float64, of which byte 6 holds whole numbers. */
const insideQty = dataset.indexOf(Buffer.from(new Float64Array(rows.qty.slice(100, 104)).buffer))

type Wrong = readonly [
  claim: string,
  name: string,
  bytes: Uint8Array | string,
  code: ErrorCode,
  facts: Readonly<Record<string, unknown>>,
]
const WRONG: readonly Wrong[] = [
  [
    'another dtype',
    'd.npy',
    npyOf([level()], { header: (text) => text.replace("'px', '<f8'", "'px', '<f4'") }),
    'ESC_NPZ_DTYPE',
    { field: 'field 3', found: "('px', '<f4')", needed: "('px', '<f8')" },
  ],
  ['a zip cut in the middle', 'd.npz', npz.subarray(0, npz.length / 2), 'ESC_NPZ_ZIP', {}],
  ['a zip with a damaged member', 'd.npz', flipped(npz, 2_000), 'ESC_NPZ_ZIP', {}],
  [
    'rows cut short',
    'd.npy',
    npy.subarray(0, npy.length - 1),
    'ESC_NPZ_LENGTH',
    { needed: String(rows.length) },
  ],
  [
    'no magic',
    'd.npz',
    'PICKLE here, not an array',
    'ESC_DATA_FORMAT',
    { found: expect.stringContaining('5049434b4c45') },
  ],
  [
    'a price that is not a number',
    'd.npy',
    withRow7({ px: Number.NaN }),
    'ESC_DATA_PRICE',
    { row: 7 },
  ],
  ['a negative quantity', 'd.npy', withRow7({ qty: -1 }), 'ESC_DATA_QTY', { row: 7, found: '-1' }],
  ['a quantity that is infinite', 'd.npy', withRow7({ qty: Infinity }), 'ESC_DATA_QTY', { row: 7 }],
  [
    'exchange time going back',
    'd.npy',
    withRow7({ exch: T - 1n }),
    'ESC_DATA_TIME',
    { row: 7, field: 'exch_ts', found: String(T - 1n) },
  ],
  [
    'local time going back',
    'd.npy',
    withRow7({ local: T + 4n }),
    'ESC_DATA_TIME',
    { row: 7, field: 'local_ts', found: String(T + 4n) },
  ],
  [
    'a level of both sides',
    'd.npy',
    withRow7({ ev: BOTH + BUY + SELL + DEPTH }),
    'ESC_DATA_KIND',
    { row: 7 },
  ],
  ['an unknown kind', 'd.npy', withRow7({ ev: BOTH + BUY + 9 }), 'ESC_DATA_KIND', { row: 7 }],
  [
    'a price off the tick',
    'd.npy',
    withRow7({ px: 60_000.15 }),
    'ESC_DATA_TICK',
    { row: 7, field: 'price', needed: expect.stringContaining('tickSize 0.1') },
  ],
  ['an empty file', 'd.npz', '', 'ESC_DATA_EMPTY', { found: '0 bytes' }],
  ['a gzip of nothing', 'd.gz', gzipSync(''), 'ESC_DATA_EMPTY', { found: 'a gzip of 0 bytes' }],
  ['an array of no rows', 'd.npy', npyOf([]), 'ESC_DATA_EMPTY', {}],
  ['rows that nobody sees', 'd.npy', npyOf([level({ ev: BUY + DEPTH })]), 'ESC_DATA_EMPTY', {}],
  [
    'a capture cut inside a line',
    'd.txt',
    capture.slice(0, -30),
    'ESC_BINANCE_LINE',
    { line: 3, hint: expect.stringContaining('ends inside') },
  ],
  [
    'a capture with a foreign line',
    'd.txt',
    capture.replace(/\n.*\n/, '\nhello\n'),
    'ESC_BINANCE_LINE',
    { line: 2, found: '"hello"' },
  ],
  [
    'a capture with a wrong price',
    'd.txt',
    capture.replace(/\n.*\n/, `\n${depth(2, '[["1e5","1"]]')}\n`),
    'ESC_BINANCE_MESSAGE',
    { line: 2 },
  ],
  [
    'a capture of another symbol',
    'd.txt',
    capture.replaceAll('"BTC"', '"ETH"'),
    'ESC_BINANCE_SYMBOL',
    { found: '"ETH"', needed: '"BTC"' },
  ],
  [
    'a gzip cut short',
    'd.gz',
    gzipSync(capture).subarray(0, 60),
    'ESC_DATA_READ',
    { found: expect.stringContaining('gzip') },
  ],
  [
    'a dataset with one bit flipped',
    'd.arrow',
    flipped(dataset, insideQty + 6),
    'ESC_DATASET_HASH',
    {},
  ],
  [
    'a dataset with a bit flipped into a fraction',
    'd.arrow',
    flipped(dataset, insideQty),
    'ESC_DATA_QTY',
    { row: 100 },
  ],
  [
    'a dataset cut short',
    'd.arrow',
    dataset.subarray(0, dataset.length - 20),
    'ESC_DATASET_READ',
    {},
  ],
  [
    'a dataset of another symbol',
    'd.arrow',
    encodeDataset(rows, { symbol: 'ETH' }),
    'ESC_BINANCE_SYMBOL',
    { found: 'ETH', needed: 'BTC' },
  ],
]

const configFor = (path: string) =>
  JSON.stringify({ ...smallConfig(), data: [{ path, instrument: 'BTC' }] })

describe('wrong data are refused by code, file and place, and nothing is written', () => {
  it.each(WRONG)('%s', async (_claim, name, bytes, code, facts) => {
    const files = { 'c.json': configFor(name), [name]: bytes }
    const { exitCode, json, stderr, written } = await refusedBacktest('c.json', files)
    expect(json).toMatchObject({ status: 'failed', code, facts })
    expect(json.facts.file).toMatch(new RegExp(`${name}$`))
    expect(json.message).toContain(name)
    if ('row' in facts) expect(json.message).toContain(`row ${facts.row}`)
    if ('line' in facts) expect(json.message).toContain(`line ${facts.line}`)
    expect(stderr).toBe(`${json.message}\n`)
    expect(exitCode).toBe(2)
    expect(written).toEqual([])
  })

  it.each([
    ['d.npz', npz],
    ['d.npy', npy],
    ['d.arrow', dataset],
    ['d.npy', withRow7({})],
    ['d.txt', capture],
    ['d.gz', gzipSync(capture)],
  ])('while %s as it was runs', async (name, bytes) => {
    const folder = folderWith({ 'c.json': configFor(name), [name]: bytes })
    const ended = await escapement(['backtest', 'c.json', '--json'], { cwd: folder })
    expect(ended.stderr).not.toContain('ESC_')
    expect(ended.code).toBe(0)
  })

  it.each([
    ['a folder', 'folder', 'ESC_DATA_READ', 'EISDIR'],
    ['nothing', 'none.npz', 'ESC_DATA_READ', 'ENOENT'],
    ['a wrong file', 'wrong.npz', 'ESC_DATA_FORMAT', '6e6f7065'],
  ])('--data with %s in a process: exit 2, no runs/', async (_claim, path, code, found) => {
    const folder = folderWith({ 'wrong.npz': 'nope' })
    mkdirSync(join(folder, 'folder'))
    const args = ['backtest', '--data', join(folder, path), '--json']
    const ended = await escapement(args, { cwd: folder })
    expect(ended.code).toBe(2)
    expect(onlyJson(ended)).toMatchObject({ status: 'failed', code })
    expect(onlyJson(ended).message).toContain(path)
    expect(onlyJson(ended).message).toContain(found)
  })
})
