/** Wrong captures. Each is refused with the code, the line, and the field where there is one. */
import { describe, expect, test } from 'vitest'
import { type BinanceOptions, decodeCapture } from '../../adapters/binance/decode.ts'
import { captureOf, futures, spot } from './capture-lines.ts'
import { refusal } from './kit.ts'

const good = futures.trade(1, 0, '10.1', '1', true)
const file = 'btc.gz'
const refuses = (text: Uint8Array, options: BinanceOptions = {}) =>
  refusal(() => decodeCapture(text, { ...options, file }))
/** The second line is the first with something replaced. */
const second = (from: string | RegExp, to: string) =>
  refuses(captureOf(good, good.replace(from, to)))

test('a capture cut inside its last line names the line and says that the file ends there', () => {
  const whole = captureOf(good, good)
  const found = refuses(whole.subarray(0, whole.length - 30))
  expect(found).toMatchObject({ code: 'ESC_BINANCE_LINE', file, line: 2 })
  expect(found.hint).toContain('ends inside')
  expect(refuses(whole.subarray(0, good.length + 10))).toMatchObject({
    code: 'ESC_BINANCE_LINE',
    line: 2,
  })
})

test.each([
  ['text', 'time price'],
  ['a time that is no number', 'x700000000000000000 {}'],
  ['a time in seconds', '1700000000 '],
  ['a JSON list', '1700000000000000000 []'],
])('%s in the middle is refused with its line', (_, text) => {
  const found = refuses(captureOf(good, text, good))
  expect(found).toMatchObject({ code: 'ESC_BINANCE_LINE', file, line: 2 })
  expect(found.hint).toBeUndefined()
})

test('blank lines count as lines and are otherwise ignored', () => {
  expect(decodeCapture(captureOf(good, '', good, '\r')).rows.length).toBe(2)
  expect(refuses(captureOf(good, '', 'x'))).toMatchObject({ line: 3 })
})

describe('messages', () => {
  test.each([
    ['an unknown event', '"e":"trade"', '"e":"kline"', 'e'],
    ['no trade time', /"T":\d+,/, '', 'T'],
    ['a time as text', /"T":(\d+)/, '"T":"$1"', 'T'],
    ['a fraction of a ms', /"T":(\d+)/, '"T":$1.5', 'T'],
    ['no side', ',"m":true', '', 'm'],
    ['a price that is a number', '"p":"10.1"', '"p":10.1', 'p'],
    ['a price with an exponent', '"p":"10.1"', '"p":"1e1"', 'price'],
    ['a negative quantity', '"q":"1"', '"q":"-1"', 'quantity'],
    ['an empty quantity', '"q":"1"', '"q":""', 'quantity'],
    ['two points', '"p":"10.1"', '"p":"1.0.1"', 'price'],
    ['a point at the end', '"p":"10.1"', '"p":"10."', 'price'],
  ])('%s names line and field', (_, from, to, field) => {
    expect(second(from, to)).toMatchObject({ code: 'ESC_BINANCE_MESSAGE', file, line: 2, field })
  })

  test('a level that is not a pair of texts names its side', () => {
    const depth = futures.depth(1, 0, { ids: [1, 2], a: [['1', '2']] })
    expect(refuses(captureOf(depth.replace('["1","2"]', '["1",2]')))).toMatchObject({
      code: 'ESC_BINANCE_MESSAGE',
      line: 1,
      field: 'a',
      found: '["1",2]',
    })
    expect(refuses(captureOf(depth.replace(',"a":[["1","2"]]', '')))).toMatchObject({
      field: 'a',
      found: 'nothing',
    })
  })

  test('spot and futures in one capture are refused', () => {
    const found = refuses(captureOf(good, spot.depth(2, 1, { ids: [1, 2], b: [['1', '1']] })))
    expect(found).toMatchObject({ code: 'ESC_BINANCE_MESSAGE', line: 2, found: 'a depth of spot' })
  })

  test('a spot snapshot without any diff has no time', () => {
    const found = refuses(captureOf(spot.snapshot(1, 5, [['1', '1']], [])))
    expect(found).toMatchObject({ code: 'ESC_BINANCE_MESSAGE', line: 1 })
  })
})

test('another symbol than asked for, and a second one, are refused', () => {
  expect(refuses(captureOf(good), { symbol: 'ETHUSDT' })).toMatchObject({
    code: 'ESC_BINANCE_SYMBOL',
    file,
    line: 1,
    found: '"BTCUSDT"',
    needed: '"ETHUSDT"',
  })
  expect(second('BTCUSDT', 'ETHUSDT')).toMatchObject({ code: 'ESC_BINANCE_SYMBOL', line: 2 })
})

test('a value finer than 10^-12, or than the unit asked for, is refused', () => {
  expect(second('"q":"1"', '"q":"0.0000000000001"')).toMatchObject({
    code: 'ESC_DATA_UNIT',
    line: 2,
    field: 'quantity',
  })
  expect(refuses(captureOf(good), { units: { priceDecimals: 0, qtyDecimals: 0 } })).toMatchObject({
    code: 'ESC_DATA_UNIT',
    row: 0,
    field: 'price',
    found: '10.1',
  })
})

test('a price that does not fit 31 bits in the common unit names its line', () => {
  expect(second('"p":"10.1"', '"p":"300000000"')).toMatchObject({ code: 'ESC_DATA_TICK', line: 2 })
})

test('local times in another unit show as an impossible span', () => {
  expect(refuses(captureOf(good.replace(/^\d{13}\d+/, (time) => time.slice(0, 13))))).toMatchObject(
    {
      code: 'ESC_TIME_SPAN',
      file,
    },
  )
})

test('a capture without depth, trades or snapshots is empty', () => {
  expect(refuses(captureOf(futures.ticker(0, 1)))).toMatchObject({ code: 'ESC_DATA_EMPTY', file })
  expect(refuses(new Uint8Array(0))).toMatchObject({ code: 'ESC_DATA_EMPTY', file })
})
