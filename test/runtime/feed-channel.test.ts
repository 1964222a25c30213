import {
  CodedError,
  type MarketRows,
  parseDecimal,
  RowFlag,
  RowKind,
  WHOLE_SIDE,
} from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { feedChannel, sessionOrigin, type Window } from '../../runtime/feed-channel.ts'
import { rowsOf } from '../adapters/kit.ts'
import { linear } from '../kit/configuration.ts'

const { DEPTH, CLEAR } = RowKind
const { EXCHANGE, LOCAL, BUY, SELL } = RowFlag
const BOTH = EXCHANGE | LOCAL
const ALWAYS: Window = { startNs: null, endNs: null }
const DAY = 86_400_000_000_000n
const ORIGIN = 1_700_000_000_000_000_000n

type Spec = Parameters<typeof rowsOf>[0][number]
const row = (parts: Partial<Spec>): Spec => ({
  kind: DEPTH,
  flags: BOTH | BUY,
  exch: 0,
  local: 0,
  price: 1000,
  qty: 1,
  ...parts,
})
const rows = (specs: readonly Partial<Spec>[], units = {}): MarketRows =>
  rowsOf(specs.map(row), { originNs: ORIGIN, ...units })

const refused = (work: () => unknown): CodedError => {
  try {
    work()
  } catch (cause) {
    if (cause instanceof CodedError) return cause
    throw cause
  }
  throw new Error('nothing was refused')
}
const channelOf = (data: MarketRows, window = ALWAYS, instrument = linear) =>
  feedChannel(data, instrument, 0, sessionOrigin([data], window), window, 'd.npz')

describe('a dataset becomes what each observer sees', () => {
  const data = rows([
    { flags: EXCHANGE | BUY, exch: 5, local: 900 },
    { flags: LOCAL | SELL, exch: 7, local: 20 },
    { exch: 9, local: 21, qty: 4 },
    { kind: CLEAR, flags: BOTH, exch: 11, local: 25, price: WHOLE_SIDE, qty: 0 },
  ])
  const { exchange, local, localFrom } = channelOf(data)

  it('each row in the views whose flag it carries, in its own time since the first of either', () => {
    expect([...exchange.row]).toEqual([0, 2, 3])
    expect([...local.row]).toEqual([1, 2, 3])
    expect([...exchange.time]).toEqual([0, 4, 6])
    expect([...local.time]).toEqual([15, 16, 20])
    expect([...local.exchTime]).toEqual([2, 4, 6])
    expect(localFrom).toBe(0)
  })

  it('sides, kinds and the mark of a whole side as they were', () => {
    expect([...exchange.side]).toEqual([1, 1, 0])
    expect([...local.side]).toEqual([-1, 1, 0])
    expect([...local.kind]).toEqual([DEPTH, DEPTH, CLEAR])
    expect(local.price[2]).toBe(WHOLE_SIDE)
  })
})

describe('prices become ticks and quantities units, exactly or not at all', () => {
  const at = (price: number, priceDecimals: number, tick: string) =>
    channelOf(rows([{ price }], { priceDecimals }), ALWAYS, {
      ...linear,
      tickSize: parseDecimal(tick),
    })

  it.each([
    [617_002, 1, '0.1', 617_002],
    [617_002, 1, '0.2', 308_501],
    [617_002, 1, '0.01', 6_170_020],
    [75, 2, '0.25', 3],
    [12, 0, '4', 3],
    [-30, 1, '1.5', -2],
  ])('%i x 10^-%i of a tick of %s is tick %i', (price, decimals, tick, ticks) => {
    expect(at(price, decimals, tick).local.price[0]).toBe(ticks)
  })

  it.each([
    [617_003, 1, '0.2'],
    [70, 2, '0.25'],
    [1_073_742, 0, '0.001'],
  ])('%i x 10^-%i is no tick of %s, or beyond 2^30 of them', (price, priceDecimals, tick) => {
    const { code, facts } = refused(() => at(price, priceDecimals, tick))
    expect(code).toBe('ESC_DATA_TICK')
    expect(facts).toMatchObject({ file: 'd.npz', row: 0, field: 'price' })
    expect(facts.needed).toContain(tick)
  })

  it('quantities finer than the lot keep every digit; coarser ones gain zeros', () => {
    const fine = rows([{ qty: 123_457 }], { qtyDecimals: 5 })
    const coarse = rows([{ qty: 12 }], { qtyDecimals: 1 })
    expect(channelOf(fine, ALWAYS, { ...linear, qtyDecimals: 5 }).local.qty[0]).toBe(123_457)
    expect(channelOf(coarse).local.qty[0]).toBe(1_200)
  })
})

describe('a window is local time from its start up to, not including, its end', () => {
  const data = rows([0, 10, 20, 30, 40].map((local) => ({ exch: Math.max(0, local - 5), local })))
  const window = (start: number | null, end: number | null): Window => ({
    startNs: start === null ? null : ORIGIN + BigInt(start),
    endNs: end === null ? null : ORIGIN + BigInt(end),
  })
  const inside = (bounds: Window) => {
    const { local, localFrom } = channelOf(data, bounds)
    return [[...local.row.subarray(0, localFrom)], [...local.row.subarray(localFrom)]]
  }

  it.each([
    [null, null, [], [0, 1, 2, 3, 4]],
    [10, 30, [0], [1, 2]],
    [11, 31, [0, 1], [2, 3]],
    [null, 1, [], [0]],
    [40, null, [0, 1, 2, 3], [4]],
  ])('[%s, %s): rows before it %j, in it %j', (start, end, before, within) => {
    expect(inside(window(start, end))).toEqual([before, within])
  })

  it('the session begins with the first time in it, be it of the exchange or local', () => {
    const early = rows([10, 20, 30].map((local) => ({ exch: local - 4, local })))
    const late = rows([10, 20, 30].map((local) => ({ exch: local + 4, local })))
    expect(sessionOrigin([early], window(12, null))).toBe(ORIGIN + 16n)
    expect(sessionOrigin([late], window(12, null))).toBe(ORIGIN + 14n)
    expect(sessionOrigin([late], window(15, null))).toBe(ORIGIN + 20n)
  })

  it.each([
    [41, null],
    [null, 0],
    [31, 34],
  ])('[%s, %s) holds no row and is refused', (start, end) => {
    const { code, facts } = refused(() => sessionOrigin([data], window(start, end)))
    expect(code).toBe('ESC_CONFIG_WINDOW')
    expect(facts.field).toBe('window')
  })

  it('of several datasets the earliest row begins the session, in whatever order they stand', () => {
    const later = { ...data, originNs: ORIGIN + DAY }
    expect(sessionOrigin([later, data], ALWAYS)).toBe(ORIGIN)
    expect(sessionOrigin([data, later], ALWAYS)).toBe(ORIGIN)
    expect(sessionOrigin([data, later], window(100, null))).toBe(ORIGIN + DAY)
  })
})

describe('a session of more than 104 days is refused', () => {
  const first = rows([{}])
  const rowAfter = (ns: bigint) => rows([{ exch: 0, local: 0 }], { originNs: ORIGIN + ns })
  const second = (data: MarketRows, window = ALWAYS) =>
    feedChannel(data, linear, 1, sessionOrigin([first, data], window), window, 'later.npz')

  it('at 2^53 ns, naming the file', () => {
    const { code, facts } = refused(() => second(rowAfter(2n ** 53n)))
    expect(code).toBe('ESC_TIME_SPAN')
    expect(facts.file).toBe('later.npz')
  })

  it('not one nanosecond earlier, and not when the window ends before', () => {
    expect(second(rowAfter(2n ** 53n - 1n)).local.time[0]).toBe(2 ** 53 - 1)
    expect(second(rowAfter(2n ** 54n), { startNs: null, endNs: ORIGIN + DAY }).local.length).toBe(0)
  })
})
