import { pathToFileURL } from 'node:url'
import {
  BUY,
  Core,
  type CoreConfiguration,
  type CoreEvent,
  type Dispatch,
  defaultControlRules,
  defineStrategy,
  type Instrument,
  type Intent,
  instantiate,
  type MarketView,
  millis,
  type OrderKey,
  parseDecimal,
  placeLimit,
  RowKind,
  SELL,
  type Side,
  type StateView,
} from '@escapement/core'
import { machineHeader, median } from './machine.ts'

export type CoreBenchRow = {
  readonly name: string
  readonly stepsPerSecond: number
  readonly steps: number
  readonly heapGrowthBytesPerStep: number
}

const d = parseDecimal
const instrument: Instrument = {
  symbol: 'BENCH',
  kind: 'linear',
  tickSize: d('0.5'),
  lotSize: d('0.25'),
  contractSize: d('1'),
  quote: 'USDC',
  quoteDecimals: 8,
  qtyDecimals: 2,
}

/**
 * The Core alone, one Event after the other, no Runtime.
 *
 * A: one-level book Events (a snapshot of a bid and an ask) of one instrument, mid = 1000 +
 *    ((7k mod 41) - 20) * 0.5 at k ms, no strategy.
 * B: the same Events; a strategy keeps one bid and one ask one tick behind the touch (NEW, else
 *    REPLACE, on every market Event) under position, notional, quote, loss and minimum-notional
 *    rules and 50 orders/s and 50 cancels/s; every dispatch is acknowledged one Event later.
 *    A step is one Event through the whole Core: market Events, dispatch records and reports.
 */
export function coreBench(): readonly CoreBenchRow[] {
  return [
    measure('A: market Events, no strategy', workloadA),
    measure('B: two-sided quoting', workloadB),
  ]
}

const ROUNDS = 5

function measure(name: string, workload: (events: number) => number): CoreBenchRow {
  workload(200_000)
  const rates: number[] = []
  let steps = 0
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    steps = workload(1_000_000)
    rates.push((steps / (performance.now() - start)) * 1_000)
  }
  globalThis.gc?.()
  const growth = (process.memoryUsage().heapUsed - before) / (steps * ROUNDS)
  return { name, stepsPerSecond: median(rates), steps, heapGrowthBytesPerStep: growth }
}

const ROWS = 2

/** The 41 books that the formula runs through: a bid and an ask each. */
function books(): MarketView {
  const rows = 41 * ROWS
  const view = {
    length: rows,
    time: new Float64Array(rows),
    exchTime: new Float64Array(rows),
    kind: new Uint8Array(rows).fill(RowKind.SNAPSHOT),
    side: new Int8Array(rows),
    price: new Int32Array(rows),
    qty: new Float64Array(rows),
    row: new Uint32Array(rows),
  }
  for (let k = 0; k < 41; k++) {
    const mid = midTicks(k)
    const levels: readonly (readonly [Side, number])[] = [
      [BUY, mid - 1],
      [SELL, mid + 1],
    ]
    levels.forEach(([side, price], i) => {
      view.side[k * ROWS + i] = side
      view.price[k * ROWS + i] = price
      view.qty[k * ROWS + i] = 400
    })
  }
  return view
}

/** 1000 + ((7k mod 41) - 20) * 0.5 in ticks of 0.5. */
const midTicks = (k: number): number => 2000 + (((7 * k) % 41) - 20)

function workloadA(events: number): number {
  const core = new Core(configuration({}), [])
  const view = books()
  for (let k = 0; k < events; k++) core.step(k, marketEvent(view, k))
  return events
}

function marketEvent(view: MarketView, k: number): CoreEvent {
  const from = (k % 41) * ROWS
  return { type: 'market.snapshot', time: k * 1e6, instrument: 0, view, from, to: from + ROWS }
}

/** Quotes one tick behind the touch, on every market Event. */
const quoting = defineStrategy<unknown, { readonly bid: OrderKey; readonly ask: OrderKey }>({
  name: 'quoting',
  trigger: { events: ['market.snapshot'] },
  init: () => ({ bid: -1, ask: -1 }),
  decide(view, memory) {
    const touch = view.touch()
    if (touch === null) return {}
    const bid = quote(view, memory.bid, BUY, touch.bid - 1)
    const ask = quote(view, memory.ask, SELL, touch.ask + 1)
    const isSame = bid.key === memory.bid && ask.key === memory.ask
    return isSame
      ? { intents: [bid, ask] }
      : { intents: [bid, ask], memory: { bid: bid.key, ask: ask.key } }
  },
})

function quote(view: StateView, key: OrderKey, side: Side, price: number): Intent {
  if (key < 0) return placeLimit(view, { side, price, qty: 4 })
  return { type: 'intent.replace', key, instrument: 0, price, qty: 4 }
}

function workloadB(events: number): number {
  const core = new Core(
    configuration({
      maxPosition: d('100'),
      maxSingleOrderNotional: d('100000'),
      maxGrossNotional: d('1000000'),
      maxActiveQuotes: 10,
      maxGrossQuoteNotional: d('1000000'),
      maxNetQuoteNotional: d('1000000'),
      maxDrawdown: d('1000000'),
      maxRollingLoss: { amount: d('1000000'), windowNs: millis(60_000) },
      minOrderNotional: d('10'),
    }),
    [instantiate(quoting)],
  )
  const view = books()
  let position = 0
  let waiting: Dispatch[] = []
  for (let k = 0; k < events; k++) {
    const time = k * 1e6
    const due = waiting
    waiting = []
    for (const dispatch of due) {
      for (const event of acknowledged(dispatch, time)) core.step(position++, event)
    }
    const { dispatches } = core.step(position++, marketEvent(view, k))
    for (const dispatch of dispatches) waiting.push(dispatch)
  }
  return position
}

/** What the Venue says one Event later: that it left, and that it was taken. */
function acknowledged(dispatch: Dispatch, time: number): readonly CoreEvent[] {
  const { key, price, qty } = dispatch
  if (dispatch.kind === 'new') {
    const { kind: _kind, sequence: _sequence, ...terms } = dispatch
    return [
      { type: 'order.submitted', time, ...terms },
      { type: 'order.accepted', time, exchTime: time, key },
    ]
  }
  return [
    { type: 'intent.dispatched', time, key, kind: 'replace' },
    { type: 'order.replaced', time, exchTime: time, key, price, qty, leavesQty: qty },
  ]
}

function configuration(risk: CoreConfiguration['risk']): CoreConfiguration {
  return {
    version: '1',
    instruments: [instrument],
    namespaces: ['bench'],
    risk,
    rateLimits: { orders: d('50'), cancels: d('50') },
    control: defaultControlRules,
  }
}

export function formatCoreBench(rows: readonly CoreBenchRow[]): string {
  return rows
    .map(({ name, stepsPerSecond, steps, heapGrowthBytesPerStep }) => {
      const millions = (stepsPerSecond / 1e6).toFixed(2).padStart(6)
      const heap = heapGrowthBytesPerStep.toFixed(2)
      return `${name.padEnd(32)} ${millions} M steps/s (${steps} steps a round, heap ${heap} bytes a step)`
    })
    .join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(machineHeader())
  console.log(formatCoreBench(coreBench()))
}
