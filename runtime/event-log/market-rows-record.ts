import {
  type ByteReader,
  type ByteWriter,
  CodedError,
  type MarketEvent,
  type MarketView,
} from '@escapement/core'

/** Instrument, first row and number of rows, then row by row what a view holds of it. */
export function writeRows(writer: ByteWriter, { instrument, view, from, to }: MarketEvent): void {
  writer
    .f64(instrument)
    .f64(from)
    .i32(to - from)
  for (let row = from; row < to; row++) {
    writer.f64(view.time[row]!).f64(view.exchTime[row]!).u8(view.kind[row]!)
    writer
      .u8(view.side[row]! & 0xff)
      .i32(view.price[row]!)
      .f64(view.qty[row]!)
    writer.i32(view.row[row]! | 0)
  }
}

/** Rows of one instrument that were copied into a log, as the view they came from. */
export class CopiedRows {
  #columns = columnsOf(1024)
  #length = 0

  /** What has been read so far; what is read later is in it as well. */
  get view(): MarketView {
    return { length: this.#length, ...this.#columns }
  }

  get length(): number {
    return this.#length
  }

  /** @throws ESC_LOG_DAMAGED when rows before `from` were never read */
  take(reader: ByteReader, from: number, count: number): void {
    if (from > this.#length) {
      throw new CodedError('ESC_LOG_DAMAGED', {
        field: 'copied rows',
        found: `row ${from} first`,
        needed: `row ${this.#length}`,
      })
    }
    this.#reserve(from + count)
    const { time, exchTime, kind, side, price, qty, row } = this.#columns
    for (let at = from; at < from + count; at++) {
      time[at] = reader.f64()
      exchTime[at] = reader.f64()
      kind[at] = reader.u8()
      side[at] = reader.u8()
      price[at] = reader.i32()
      qty[at] = reader.f64()
      row[at] = reader.i32()
    }
    this.#length = Math.max(this.#length, from + count)
  }

  #reserve(length: number): void {
    const { time } = this.#columns
    if (length <= time.length) return
    const grown = columnsOf(Math.max(length, 2 * time.length))
    for (const name of NAMES) grown[name].set(this.#columns[name])
    this.#columns = grown
  }
}

const columnsOf = (length: number) => ({
  time: new Float64Array(length),
  exchTime: new Float64Array(length),
  kind: new Uint8Array(length),
  side: new Int8Array(length),
  price: new Int32Array(length),
  qty: new Float64Array(length),
  row: new Uint32Array(length),
})
const NAMES = ['time', 'exchTime', 'kind', 'side', 'price', 'qty', 'row'] as const
