/**
 * Quick cross-check of the venue against the reference fills, without mailbox, Core or session:
 * the actor is driven by a hand-written loop over the four event sources.
 *
 *   npx tsx --conditions=source test/parity/quick.ts PARITY_DIR DATA_DIR [RUN-substring]
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import {
  BUY,
  type Dispatch,
  type Instrument,
  type MarketRows,
  type MarketView,
  type OrderReport,
  parseDecimal,
  RowFlag,
  RowKind,
  SELL,
  type Side,
  unitsPerLot,
} from '@escapement/core'
import type { ActorContext } from '../../actors/actor.ts'
import { constantLatency, type LatencySource } from '../../actors/fill-simulator/latency-model.ts'
import { tableLatency } from '../../actors/fill-simulator/latency-table.ts'
import { type QueueConfig, queueModel } from '../../actors/fill-simulator/queue-model.ts'
import { quirkPreset } from '../../actors/fill-simulator/quirks.ts'
import { ReferenceBook } from '../../actors/fill-simulator/reference-book.ts'
import type { PendingReport } from '../../actors/fill-simulator/reports.ts'
import { type FillSimulatorPorts, fillSimulator } from '../../actors/fill-simulator.actor.ts'
import type { MarketBatch, VenueReport } from '../../actors/ports.ts'
import { readNpz } from '../../adapters/npz/npz.ts'

type Timed<T> = { readonly due: number; readonly message: T }

/** The venue, the strategy's feed, and the loop of the reference's four slots. */
class Bench {
  now = 0
  readonly local: MarketView
  readonly book: ReferenceBook
  onReport: (report: OrderReport) => void = () => {}
  /** Wall time spent in the market handler alone. */
  marketMs = 0
  readonly #batch: MarketBatch
  readonly #requests: Timed<Dispatch>[] = []
  readonly #responses: Timed<PendingReport>[] = []
  #request = 0
  #response = 0
  #row = 0
  #target = 0
  readonly #venue

  constructor(
    venue: ReturnType<typeof fillSimulator>,
    exchange: MarketView,
    local: MarketView,
    lotUnits: number,
  ) {
    this.local = local
    this.#batch = { instrument: 0, view: exchange, next: 0, end: exchange.length }
    this.book = new ReferenceBook({ lotUnits, crossedLevelsStay: true, clearSkipsOneLevel: true })
    this.#venue = venue.create(this.#context())
    this.now = Math.min(exchange.time[0]!, local.time[0]!)
  }

  send(request: Dispatch): void {
    this.#venue.request(request)
  }

  /** False when the data and the messages have run out; then time stands. */
  elapse(duration: number): boolean {
    const target = this.now + duration
    this.#target = target
    for (;;) {
      const feed =
        this.#row < this.local.length ? this.local.time[this.#row]! : Number.POSITIVE_INFINITY
      const back = this.#responses[this.#response]?.due ?? Number.POSITIVE_INFINITY
      const { view, next, end } = this.#batch
      const exchange = next < end ? view.time[next]! : Number.POSITIVE_INFINITY
      const there = this.#requests[this.#request]?.due ?? Number.POSITIVE_INFINITY
      const first = Math.min(feed, back, exchange, there)
      if (first === Number.POSITIVE_INFINITY) return false
      if (first > target) break
      this.now = first
      if (first === feed) this.#takeRow()
      else if (first === back) this.#venue.response(this.#responses[this.#response++]!.message)
      else if (first === exchange) this.#market()
      else this.#venue.arrival(this.#requests[this.#request++]!.message)
    }
    this.now = target
    return true
  }

  #market(): void {
    const start = performance.now()
    this.#venue.market(this.#batch)
    this.marketMs += performance.now() - start
  }

  #takeRow(): void {
    const { kind, side, price, qty } = this.local
    const row = this.#row++
    const of = side[row] as Side
    if (kind[row] === RowKind.CLEAR) this.book.clear(of, price[row]!)
    else if (kind[row] !== RowKind.TRADE) this.book.set(of, price[row]!, qty[row]!)
  }

  #context(): ActorContext<FillSimulatorPorts> {
    const bench = this
    return {
      name: 'venue',
      get now() {
        return bench.now
      },
      get horizon() {
        const back = bench.#responses[bench.#response]?.due ?? Number.POSITIVE_INFINITY
        const there = bench.#requests[bench.#request]?.due ?? Number.POSITIVE_INFINITY
        return Math.min(bench.#target, back - 1, there)
      },
      advance: (time) => {
        bench.now = time
      },
      observed: () => true,
      emit: (_port, report: VenueReport) => {
        if (report.type !== 'order.submitted' && report.type !== 'intent.dispatched') {
          bench.onReport(report as OrderReport)
        }
      },
      schedule: (due, port, message) => {
        if (port === 'arrival') this.#requests.push({ due, message: message as Dispatch })
        else this.#responses.push({ due, message: message as PendingReport })
        return 0
      },
      cancel: () => {},
    }
  }
}

type Own = { price: number; side: Side; status: number; pending: string; outstanding: number[] }
const EXPIRED = 2
const FILLED = 3
const CANCELED = 4
const PARTIAL = 5

/** The strategies of the pack, with hftbacktest's bookkeeping, and what they record. */
class Strategy {
  readonly orders = new Map<number, Own>()
  readonly fills: { exch: bigint; id: number; line: string }[] = []
  readonly state = new Fnv()
  requests = 0
  samples = 0
  #position = 0n
  #cash = 0n
  #executions = 0
  #id = 0
  readonly #last: [number, number] = [0, 0]
  readonly #bench: Bench
  readonly #origin: bigint

  constructor(bench: Bench, origin: bigint) {
    this.#bench = bench
    this.#origin = origin
    bench.onReport = (report) => this.#hear(report)
  }

  step(name: string, lots: number): void {
    for (const [id, own] of this.orders) {
      if (own.status === EXPIRED || own.status === FILLED || own.status === CANCELED) {
        this.orders.delete(id)
      }
    }
    const { bestBid: bb, bestAsk: ba } = this.#bench.book
    if (bb <= -0x80000000 || ba >= 0x7fffffff) return
    this.samples++
    this.#sample(bb, ba)
    if (name === 'S3') {
      this.#follow(0, BUY, bb, lots)
      this.#follow(1, SELL, ba, lots)
      return
    }
    for (const [id, own] of this.orders) {
      if ((own.status === 1 || own.status === PARTIAL) && own.pending === '') {
        own.pending = 'cancel'
        this.#send(id, own, 'cancel', 0, 'GTC')
      }
    }
    for (let level = 0; level < 5; level++) {
      this.#submit(BUY, bb - level, lots, 'postOnly')
      this.#submit(SELL, ba + level, lots, 'postOnly')
    }
    if (name === 'S2' && this.samples % 7 === 0) {
      const buys = (this.samples / 7) % 2 === 1
      this.#submit(buys ? BUY : SELL, buys ? ba : bb, 5, 'IOC')
    }
  }

  #follow(slot: 0 | 1, side: Side, best: number, lots: number): void {
    const own = this.orders.get(this.#last[slot])
    if (own === undefined) {
      this.#last[slot] = this.#submit(side, best, lots, 'postOnly')
    } else if (own.status === 1 && own.pending === '' && own.price !== best) {
      own.price = best
      own.pending = 'replace'
      this.#send(this.#last[slot], own, 'replace', lots, 'postOnly')
    }
  }

  #submit(side: Side, price: number, qty: number, timeInForce: Dispatch['timeInForce']): number {
    const id = ++this.#id
    const own = { price, side, status: 0, pending: 'new', outstanding: [] }
    this.orders.set(id, own)
    this.#send(id, own, 'new', qty, timeInForce)
    return id
  }

  #send(
    id: number,
    own: Own,
    kind: Dispatch['kind'],
    qty: number,
    timeInForce: Dispatch['timeInForce'],
  ): void {
    const sequence = ++this.requests
    own.outstanding.push(sequence)
    const { side, price } = own
    const orderType = 'limit' as const
    this.#bench.send({
      kind,
      sequence,
      key: id,
      instrument: 0,
      side,
      orderType,
      timeInForce,
      price,
      qty,
    })
  }

  #hear(report: OrderReport): void {
    if (report.type === 'order.filled') this.#book(report)
    const own = this.orders.get(report.key)
    if (own === undefined) return
    if (
      report.type === 'order.rejected' ||
      report.type === 'order.cancelRejected' ||
      report.type === 'order.replaceRejected'
    ) {
      // Only the answer to the last request clears the mark.
      own.outstanding.shift()
      if (own.outstanding.length > 0) return
      if (own.pending === 'new') own.status = EXPIRED
      own.pending = ''
      return
    }
    own.pending = ''
    if (report.type === 'order.accepted') own.status = 1
    else if (report.type === 'order.expired') own.status = EXPIRED
    else if (report.type === 'order.canceled') own.status = CANCELED
    else if (report.type === 'order.filled') own.status = report.leavesQty > 0 ? PARTIAL : FILLED
    else if (report.type === 'order.replaced') {
      own.status = 1
      own.price = report.price
    }
    if (/accepted|canceled|replaced/.test(report.type)) own.outstanding.shift()
  }

  #book(report: Extract<OrderReport, { type: 'order.filled' }>): void {
    const { key, side, lastPrice, lastQty, liquidity } = report
    this.#executions++
    this.#position += BigInt(side * lastQty)
    this.#cash -= BigInt(side * lastPrice * lastQty)
    const exch = BigInt(report.exchTime) + this.#origin
    const home = BigInt(report.time) + this.#origin
    const maker = liquidity === 'maker' ? 1 : 0
    const asked = maker === 1 ? lastPrice : (this.orders.get(key)?.price ?? lastPrice)
    const line = `${exch},${home},${key},${side},${lastPrice},${lastQty},${maker},${asked}\n`
    this.fills.push({ exch, id: key, line })
  }

  #sample(bb: number, ba: number): void {
    const now = BigInt(this.#bench.now) + this.#origin
    const words = [now, bb, ba, this.#position, this.#cash, this.#executions]
    for (const word of words) this.state.i64(BigInt(word))
  }
}

/** FNV-1a of 64 bits in four limbs of 16. */
class Fnv {
  #hash = 0xcbf29ce484222325n
  bytes(bytes: Uint8Array): this {
    let hash = this.#hash
    for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
    this.#hash = hash
    return this
  }
  i64(value: bigint): this {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setBigInt64(0, value, true)
    return this.bytes(bytes)
  }
  hex(): string {
    return this.#hash.toString(16).padStart(16, '0')
  }
}

/** Rows of one observer in ticks. */
function project(rows: MarketRows, flag: number, unitsPerTick: number): MarketView {
  const kept: number[] = []
  for (let row = 0; row < rows.length; row++) if ((rows.flags[row]! & flag) !== 0) kept.push(row)
  const own = flag === RowFlag.EXCHANGE ? rows.exchTime : rows.localTime
  return {
    length: kept.length,
    time: Float64Array.from(kept, (row) => own[row]!),
    exchTime: Float64Array.from(kept, (row) => rows.exchTime[row]!),
    kind: Uint8Array.from(kept, (row) => rows.kind[row]!),
    side: Int8Array.from(kept, (row) => {
      const bits = rows.flags[row]!
      return (bits & RowFlag.BUY) !== 0 ? 1 : (bits & RowFlag.SELL) !== 0 ? -1 : 0
    }),
    price: Int32Array.from(kept, (row) => {
      const price = rows.price[row]!
      return price === 0x7fffffff ? price : price / unitsPerTick
    }),
    qty: Float64Array.from(kept, (row) => rows.qty[row]!),
    row: Uint32Array.from(kept),
  }
}

function latencyOf(name: string, dir: string, originNs: bigint): LatencySource {
  if (name === 'const') return constantLatency({ entryNs: 10_000_000, responseNs: 10_000_000 })
  const file = name === 'intp' ? 'latency_A.csv' : 'latency_R.csv'
  const lines = readFileSync(join(dir, file), 'utf8').trim().split('\n').slice(1)
  const column = (at: number) =>
    BigInt64Array.from(lines, (line) => BigInt(line.split(',')[at]!.trim()))
  return tableLatency({ request: column(0), exchange: column(1), response: column(2), originNs })
}

const QUEUES: Record<string, QueueConfig> = {
  risk: { model: 'riskAverse' },
  log: { model: 'log' },
  power3_3: { model: 'power3', n: 3 },
}

type Data = { rows: MarketRows; exchange: MarketView; local: MarketView; instrument: Instrument }

function load(folder: string, dataDir: string): Data {
  const spot = folder.startsWith('spot')
  const rows = readNpz(join(dataDir, `${folder}.npz`))
  const instrument: Instrument = {
    symbol: 'BTCUSDT',
    kind: 'linear',
    tickSize: parseDecimal(spot ? '0.01' : '0.1'),
    lotSize: parseDecimal(spot ? '0.00001' : '0.001'),
    contractSize: parseDecimal('1'),
    quote: 'USDT',
    quoteDecimals: 10,
    qtyDecimals: rows.qtyDecimals,
  }
  const unitsPerTick = 10 ** (rows.priceDecimals - (spot ? 2 : 1))
  const exchange = project(rows, RowFlag.EXCHANGE, unitsPerTick)
  return { rows, exchange, local: project(rows, RowFlag.LOCAL, unitsPerTick), instrument }
}

function check(
  run: string,
  folder: string,
  stateHash: string,
  parityDir: string,
  data: Data,
): boolean {
  const [name, exchangeModel, ...rest] = run.split('_') as [string, string, ...string[]]
  const latency = rest.pop()!
  const lotUnits = unitsPerLot(data.instrument)
  const venue = fillSimulator({
    instruments: [
      {
        instrument: data.instrument,
        lotUnits,
        fees: { maker: parseDecimal('-0.00005'), taker: parseDecimal('0.0007') },
        queue: queueModel(QUEUES[rest.join('_')]!),
        partialFills: exchangeModel !== 'nopartial',
      },
    ],
    latency: latencyOf(latency, parityDir, data.rows.originNs),
    quirks: quirkPreset('partialfixed'),
  })
  const bench = new Bench(venue, data.exchange, data.local, lotUnits)
  const strategy = new Strategy(bench, data.rows.originNs)
  const interval = name === 'S1L' ? 2_000_000_000 : 100_000_000
  const start = performance.now()
  while (bench.elapse(interval)) strategy.step(name, 10)
  const wall = performance.now() - start
  const fills = strategy.fills.sort((a, b) =>
    a.exch < b.exch ? -1 : a.exch > b.exch ? 1 : a.id - b.id,
  )
  const header = 'exch_ts,local_ts,order_id,side,price_tick,qty_lots,maker,order_price_tick\n'
  const csv = header + fills.map((fill) => fill.line).join('')
  const wanted = gunzipSync(readFileSync(join(parityDir, folder, `${run}.fills.csv.gz`))).toString()
  const sameFills = csv === wanted
  const sameState = strategy.state.hex() === stateHash
  const ok = sameFills && sameState
  const facts = `${fills.length} fills, ${strategy.requests} requests, ${strategy.samples} samples`
  const time = `${wall.toFixed(0)} ms, market ${bench.marketMs.toFixed(0)} ms`
  process.stdout.write(
    `${ok ? 'ok  ' : 'DIFF'} ${folder.slice(0, 4)} ${run}: ${facts}, ${time}` +
      `${sameFills ? '' : ' fills differ'}${sameState ? '' : ' state differs'}\n`,
  )
  if (!sameFills) firstDifference(csv, wanted)
  return ok
}

function firstDifference(found: string, wanted: string): void {
  const a = found.split('\n')
  const b = wanted.split('\n')
  const at = a.findIndex((line, index) => line !== b[index])
  process.stdout.write(`  row ${at}: found ${a[at]}, wanted ${b[at]}\n`)
}

const [parityDir, dataDir, only = ''] = process.argv.slice(2)
let failed = 0
const runs = readFileSync(join(parityDir!, 'runs.csv'), 'utf8').trim().split('\n').slice(1)
const loaded = new Map<string, Data>()
for (const line of runs) {
  const [folder, run] = line.split(',') as [string, string]
  if (!`${folder}/${run}`.includes(only)) continue
  if (!loaded.has(folder)) loaded.set(folder, load(folder, dataDir!))
  const stateHash = line.slice(line.lastIndexOf(',') + 1)
  if (!check(run, folder, stateHash, parityDir!, loaded.get(folder)!)) failed++
}
process.exitCode = failed > 0 ? 1 : 0
