import {
  BUY,
  Core,
  defineStrategy,
  instantiate,
  type MarketView,
  placeLimit,
  SELL,
  type Side,
} from '@escapement/core'
import { books, configuration, d, marketEvent } from './core.bench.ts'

/** What a long run costs at its end against its beginning. */
export type HistoryRow = {
  readonly name: string
  readonly steps: number
  /** Processor time of the last tenth over that of the first. */
  readonly lastOverFirst: number
  readonly heapGrowthBytes: number
}

/** 100 million market Events, and a million orders that were placed, filled and over. */
export function historyBench(): readonly HistoryRow[] {
  const view = books()
  const quiet = new Core(configuration({}), [])
  let k = 0
  const market = history('100 M market Events', 100_000_000, (events) => {
    for (const end = k + events; k < end; k++) quiet.step(k, marketEvent(view, k))
    return events
  })
  const busy = new Core(configuration({ maxPosition: d('1000000') }), [instantiate(taking)])
  let position = 0
  const orders = history('1 M orders, filled and over', 1_000_000, (count) => {
    const before = position
    for (let i = 0; i < count; i++) position = oneOrder(busy, view, position)
    return position - before
  })
  return [market, orders]
}

const TENTHS = 10

function history(name: string, size: number, run: (size: number) => number): HistoryRow {
  run(size / 100)
  globalThis.gc?.()
  const heap = process.memoryUsage().heapUsed
  const times: number[] = []
  let steps = 0
  for (let tenth = 0; tenth < TENTHS; tenth++) {
    const before = process.cpuUsage()
    steps += run(size / TENTHS)
    const { user, system } = process.cpuUsage(before)
    times.push(user + system)
  }
  globalThis.gc?.()
  const heapGrowthBytes = process.memoryUsage().heapUsed - heap
  return { name, steps, lastOverFirst: times.at(-1)! / times[0]!, heapGrowthBytes }
}

/** A fill-or-nothing strategy: one order a book, bought and sold in turn. */
const taking = defineStrategy<unknown, { readonly side: Side }>({
  name: 'taking',
  trigger: { events: ['market.snapshot'] },
  init: () => ({ side: BUY }),
  decide(view, { side }) {
    const touch = view.touch()
    if (touch === null) return {}
    const price = side === BUY ? touch.ask : touch.bid
    const intent = placeLimit(view, { side, price, qty: 1, timeInForce: 'IOC' })
    return { intents: [intent], memory: { side: side === BUY ? SELL : BUY } }
  },
})

/** One book, the order that it brings about, and its end; twenty a second, within the rate. */
function oneOrder(core: Core, view: MarketView, start: number): number {
  let position = start
  const event = marketEvent(view, position)
  const time = position * 2e7
  const { dispatches } = core.step(position++, { ...event, time })
  for (const { kind: _kind, sequence: _sequence, ...terms } of dispatches) {
    const { key, instrument, side, price, qty } = terms
    core.step(position++, { type: 'order.submitted', time, ...terms })
    core.step(position++, { type: 'order.accepted', time, exchTime: time, key })
    core.step(position++, {
      type: 'order.filled',
      time,
      exchTime: time,
      key,
      instrument,
      side,
      execId: position,
      lastPrice: price,
      lastQty: qty,
      cumQty: qty,
      leavesQty: 0,
      liquidity: 'taker',
      fee: 1,
      cause: 'take',
      causeRow: -1,
      queueBefore: 0,
      queueAfter: 0,
    })
  }
  return position
}

export function formatHistoryBench(rows: readonly HistoryRow[]): string {
  return rows
    .map(({ name, steps, lastOverFirst, heapGrowthBytes }) => {
      const growth = (heapGrowthBytes / 2 ** 20).toFixed(2)
      const ratio = lastOverFirst.toFixed(2)
      return `${name.padEnd(32)} last tenth ${ratio} of the first (${steps} steps, heap ${growth} MiB)`
    })
    .join('\n')
}
