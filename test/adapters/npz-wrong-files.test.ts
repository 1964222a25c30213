/**
 * Wrong npz files. Each is refused with the code and the place that a person needs in order to
 * repair it; the right file they are made from is read in npz.test.ts.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeNpz } from '../../adapters/npz/decode.ts'
import { encodeNpz } from '../../adapters/npz/encode.ts'
import { readNpz } from '../../adapters/npz/npz.ts'
import { zipMember } from '../../adapters/npz/zip.ts'
import { refusal, temporaryDirectory } from './kit.ts'
import { BOTH, type Event, type NpyChange, npyOf } from './npy-bytes.ts'

const bid: Event = { ev: BOTH + 2 ** 29 + 1, exch: 1_000n, local: 2_000n, px: 100.5, qty: 1 }
const npz = Buffer.concat(encodeNpz(decodeNpz(npyOf([bid, bid, bid]))))
const file = 'btc.npz'

const refuses = (bytes: Uint8Array, units?: { priceDecimals: number; qtyDecimals: number }) =>
  refusal(() => decodeNpz(bytes, { file, ...(units === undefined ? {} : { units }) }))
const second = (change: Partial<Event>) => refuses(npyOf([bid, { ...bid, ...change }]))
const withHeader = (header: NonNullable<NpyChange['header']>) => refuses(npyOf([bid], { header }))

test('an event whose price is not a number names its row', () => {
  expect(second({ px: Number.NaN })).toMatchObject({
    code: 'ESC_DATA_PRICE',
    file,
    row: 1,
    found: 'NaN',
  })
  expect(second({ px: Number.POSITIVE_INFINITY })).toMatchObject({ code: 'ESC_DATA_PRICE', row: 1 })
})

test.each([-0.5, Number.NaN, Number.POSITIVE_INFINITY])('a quantity of %d names its row', (qty) => {
  expect(second({ qty })).toMatchObject({ code: 'ESC_DATA_QTY', file, row: 1, found: String(qty) })
})

test('a time that goes back names row, view and both times', () => {
  expect(second({ exch: 999n })).toMatchObject({
    code: 'ESC_DATA_TIME',
    file,
    row: 1,
    field: 'exch_ts',
    found: '999',
  })
  expect(second({ local: 1_999n })).toMatchObject({
    code: 'ESC_DATA_TIME',
    row: 1,
    field: 'local_ts',
  })
})

test('a time may go back in the view that does not see the row', () => {
  const hidden = { ...bid, ev: 2 ** 31 + 2 ** 29 + 1, local: 1n }
  expect(decodeNpz(npyOf([bid, hidden])).length).toBe(2)
})

test('the row of a time error counts the rows that were left out', () => {
  const bbo = { ...bid, ev: BOTH + 5 }
  expect(refuses(npyOf([bbo, bid, bbo, { ...bid, exch: 0n }]))).toMatchObject({ row: 3 })
})

test.each([
  ['kind 0', BOTH + 2 ** 29],
  ['kind 9', BOTH + 2 ** 29 + 9],
  ['kind 14', BOTH + 2 ** 29 + 14],
  ['a new order without a side', BOTH + 10],
  ['a flag that nobody knows', BOTH + 2 ** 29 + 2 ** 20 + 1],
  ['a bit above 32', 2 ** 40 + BOTH + 2 ** 29 + 1],
  ['a level without a side', BOTH + 1],
  ['both sides', BOTH + 2 ** 29 + 2 ** 28 + 2],
])('%s is refused with its row', (_, ev) => {
  expect(second({ ev })).toMatchObject({ code: 'ESC_DATA_KIND', file, row: 1, field: 'ev' })
})

test('a row of an order beside one of a level is refused, and an order of no size', () => {
  const added = { ev: BOTH + 2 ** 29 + 10 }
  expect(second(added)).toMatchObject({ code: 'ESC_DATA_KIND', file, row: 0, field: 'kind' })
  const none = refuses(
    npyOf([
      { ...bid, ev: BOTH + 2 ** 29 + 5 },
      { ...bid, ...added, qty: 0 },
    ]),
  )
  expect(none).toMatchObject({ code: 'ESC_DATA_QTY', file, row: 1, field: 'qty', found: '0' })
})

test('a value that no power of ten gives back names row and value', () => {
  expect(second({ px: 0.1 + 0.2 })).toMatchObject({
    code: 'ESC_NPZ_UNIT',
    file,
    row: 1,
    field: 'px',
    found: '0.30000000000000004',
  })
  expect(second({ qty: 1 / 3 })).toMatchObject({ code: 'ESC_NPZ_UNIT', row: 1, field: 'qty' })
})

test('a value finer than the unit of the configuration names row and unit', () => {
  const found = refuses(npyOf([bid, { ...bid, px: 100.25 }]), { priceDecimals: 1, qtyDecimals: 0 })
  expect(found).toMatchObject({ code: 'ESC_NPZ_UNIT', row: 1, field: 'px', found: '100.25' })
  expect(found.needed).toContain('10^-1')
})

test('a price with more units than 31 bits names its row', () => {
  expect(second({ px: 3_000_000_000 })).toMatchObject({ code: 'ESC_DATA_TICK', file, row: 1 })
})

test('times farther apart than 2^53 ns are refused', () => {
  expect(second({ exch: 2n ** 53n + 2_000n, local: 2n ** 53n + 2_000n })).toMatchObject({
    code: 'ESC_TIME_SPAN',
    file,
  })
})

test('no rows, only left-out rows, and rows that nobody sees are empty', () => {
  expect(refuses(npyOf([]))).toMatchObject({ code: 'ESC_DATA_EMPTY', file })
  expect(refuses(npyOf([{ ...bid, ev: BOTH + 5 }]))).toMatchObject({ code: 'ESC_DATA_EMPTY', file })
  expect(refuses(npyOf([{ ...bid, ev: 2 ** 29 + 1 }]))).toMatchObject({ code: 'ESC_DATA_EMPTY' })
})

test('a dtype names the field found and the field needed', () => {
  expect(withHeader((text) => text.replace("'px', '<f8'", "'px', '<f4'"))).toMatchObject({
    code: 'ESC_NPZ_DTYPE',
    file,
    field: 'field 3',
    found: "('px', '<f4')",
    needed: "('px', '<f8')",
  })
  expect(withHeader((text) => text.replaceAll('<', '>')).found).toBe("('ev', '>u8')")
  expect(withHeader((text) => text.replace(", ('fval', '<f8')", ''))).toMatchObject({
    code: 'ESC_NPZ_DTYPE',
    field: 'field 7',
    found: 'nothing',
  })
  expect(withHeader((text) => text.replace(')]', "), ('more', '<f8')]")).field).toBe('field 8')
  expect(withHeader((text) => text.replace(/\[.*\]/, "'<f8'"))).toMatchObject({
    code: 'ESC_NPZ_DTYPE',
  })
})

test('swapped time columns are refused though their types agree', () => {
  const swapped = withHeader((text) =>
    text.replace('exch_ts', 'x').replace('local_ts', 'exch_ts').replace("'x'", "'local_ts'"),
  )
  expect(swapped).toMatchObject({ code: 'ESC_NPZ_DTYPE', found: "('local_ts', '<i8')" })
})

test('a header that is no dictionary, two dimensions, and another version are refused', () => {
  expect(withHeader(() => 'nonsense')).toMatchObject({ code: 'ESC_NPZ_HEADER', file })
  expect(withHeader((text) => text.replace('(1,)', '(1, 1)'))).toMatchObject({
    code: 'ESC_NPZ_HEADER',
    found: 'shape (1, 1)',
  })
  const later = Buffer.from(npyOf([bid]))
  later[6] = 9
  expect(refuses(later)).toMatchObject({ code: 'ESC_NPZ_HEADER', found: 'version 9' })
  expect(refuses(npyOf([bid]).subarray(0, 60))).toMatchObject({ code: 'ESC_NPZ_HEADER' })
})

test('an array shorter than its header says is refused with both lengths', () => {
  expect(refuses(npyOf([bid, bid], { rows: 3 }))).toMatchObject({
    code: 'ESC_NPZ_LENGTH',
    file,
    found: '2 whole rows',
    needed: '3',
  })
})

test('bytes that are neither zip nor npy have the wrong magic', () => {
  expect(refuses(Buffer.from('time,price\n1,2\n'))).toMatchObject({ code: 'ESC_NPZ_MAGIC', file })
  expect(refuses(new Uint8Array(0))).toMatchObject({ code: 'ESC_NPZ_MAGIC' })
})

test('a zip cut anywhere is refused', () => {
  for (let length = 4; length < npz.length; length++) {
    expect(refuses(npz.subarray(0, length)), `cut at ${length}`).toMatchObject({
      code: 'ESC_NPZ_ZIP',
      file,
    })
  }
})

test('a flipped bit in the compressed rows is refused', () => {
  const damaged = Buffer.from(npz)
  damaged[60] = damaged[60]! ^ 4
  expect(refuses(damaged)).toMatchObject({ code: 'ESC_NPZ_ZIP', file })
})

test('a zip without an array "data" names those it holds', () => {
  const other = Buffer.concat(zipMember('latency.npy', npyOf([bid]), true))
  expect(refuses(other)).toMatchObject({ code: 'ESC_NPZ_ZIP', found: 'members "latency.npy"' })
})

test('a file that is not there, and a directory, cannot be read', () => {
  const directory = temporaryDirectory()
  const missing = join(directory, 'missing.npz')
  expect(refusal(() => readNpz(missing))).toMatchObject({ code: 'ESC_DATA_READ', file: missing })
  expect(refusal(() => readNpz(directory))).toMatchObject({ code: 'ESC_DATA_READ' })
})

test('errors of files name the path', () => {
  const path = join(temporaryDirectory(), 'cut.npz')
  writeFileSync(path, npz.subarray(0, 100))
  expect(refusal(() => readNpz(path))).toMatchObject({ code: 'ESC_NPZ_ZIP', file: path })
})
