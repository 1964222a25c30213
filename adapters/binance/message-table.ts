import { CodedError, RowFlag, RowKind } from '@escapement/core'
import { allocateColumns, type Columns } from '../market-data/columns.ts'
import { DecimalText } from '../market-data/decimal-text.ts'
import {
  fitsPrice,
  MAX_DECIMALS,
  powerOfTen,
  tickRangeError,
  type Units,
} from '../market-data/decimals.ts'
import type { CorrectedOrder } from '../market-data/order-correction.ts'
import { type Level, refusal } from './messages.ts'

/** One message with rows: where they are, and its times. */
export type TableMessage = {
  readonly line: number
  readonly firstRow: number
  readonly endRow: number
  /** ns since the capture's first second; NaN for a spot snapshot, which is dated later. */
  readonly exchTime: number
  readonly localTime: number
  /** Last update id of a depth message; NaN for others. */
  readonly updateId: number
  /** Id of a snapshot; NaN for others. */
  readonly snapshotId: number
  /** Sent again after a stale snapshot; the exchange does not see it twice. */
  readonly again: boolean
}

/**
 * The rows of a capture in order of arrival, before units are known: each value as integer and
 * scale, in growing columns. Messages are objects, levels are not.
 */
export class MessageTable {
  readonly messages: TableMessage[] = []
  readonly #decimal = new DecimalText()
  readonly #file: string | undefined
  #length = 0
  #kind = new Uint8Array(1 << 16)
  #side = new Uint8Array(1 << 16)
  #line = new Uint32Array(1 << 16)
  #price = new Float64Array(1 << 16)
  #priceScale = new Uint8Array(1 << 16)
  #qty = new Float64Array(1 << 16)
  #qtyScale = new Uint8Array(1 << 16)

  constructor(file?: string) {
    this.#file = file
  }

  get length(): number {
    return this.#length
  }

  /** @throws ESC_BINANCE_MESSAGE when a text is no plain decimal, ESC_DATA_UNIT when it is too fine. */
  append(kind: number, side: number, price: string, qty: string, line: number): void {
    if (this.#length === this.#kind.length) this.#grow()
    const row = this.#length++
    this.#kind[row] = kind
    this.#side[row] = side
    this.#line[row] = line
    this.#read('price', price, line)
    this.#price[row] = this.#decimal.digits
    this.#priceScale[row] = this.#decimal.scale
    this.#read('quantity', qty, line)
    this.#qty[row] = this.#decimal.digits
    this.#qtyScale[row] = this.#decimal.scale
  }

  /** A CLEAR row at the deepest price of the side, then its levels; nothing for an empty side. */
  appendSnapshotSide(side: number, levels: readonly Level[], line: number): void {
    if (levels.length === 0) return
    let deepest = levels[0]!
    for (const level of levels) {
      const deeper = Number(level[0]) - Number(deepest[0])
      if (side === RowFlag.BUY ? deeper < 0 : deeper > 0) deepest = level
    }
    this.append(RowKind.CLEAR, side, deepest[0], '0', line)
    this.appendLevels(RowKind.SNAPSHOT, side, levels, line)
  }

  appendLevels(kind: number, side: number, levels: readonly Level[], line: number): void {
    for (const level of levels) this.append(kind, side, level[0], level[1], line)
  }

  /** The coarsest units that hold every value. */
  units(): Units {
    return {
      priceDecimals: largest(this.#priceScale, this.#length),
      qtyDecimals: largest(this.#qtyScale, this.#length),
    }
  }

  /** The rows of `messages` in `order`, with the flags of each place; `shift` is added to times. */
  columns(
    messages: readonly TableMessage[],
    order: CorrectedOrder,
    shift: { readonly exch: number; readonly local: number },
    units: Units,
  ): Columns {
    let length = 0
    for (const item of order.item) length += messages[item]!.endRow - messages[item]!.firstRow
    const columns = allocateColumns(length)
    let to = 0
    for (let place = 0; place < order.item.length; place++) {
      const message = messages[order.item[place]!]!
      for (let row = message.firstRow; row < message.endRow; row++, to++) {
        columns.kind[to] = this.#kind[row]!
        columns.flags[to] = order.flags[place]! | this.#side[row]!
        columns.exchTime[to] = message.exchTime + shift.exch
        columns.localTime[to] = message.localTime + shift.local
        columns.price[to] = this.#priceUnits(row, units.priceDecimals)
        columns.qty[to] = this.#qtyUnits(row, units.qtyDecimals)
      }
    }
    return columns
  }

  #priceUnits(row: number, decimals: number): number {
    const units = this.#price[row]! * powerOfTen(decimals - this.#priceScale[row]!)
    if (fitsPrice(units)) return units
    throw tickRangeError(units, decimals, { ...this.#place(this.#line[row]!) })
  }

  #qtyUnits(row: number, decimals: number): number {
    const units = this.#qty[row]! * powerOfTen(decimals - this.#qtyScale[row]!)
    if (Number.isSafeInteger(units)) return units
    throw this.#unitError('quantity', String(units), this.#line[row]!)
  }

  #read(field: string, text: string, line: number): void {
    if (!this.#decimal.read(text)) throw refusal(line, this.#file)(field, text, 'a plain decimal')
    if (this.#decimal.scale > MAX_DECIMALS) throw this.#unitError(field, text, line)
  }

  #unitError(field: string, found: string, line: number): CodedError {
    const needed = `at most ${MAX_DECIMALS} decimals and 2^53 units`
    return new CodedError('ESC_DATA_UNIT', { ...this.#place(line), field, found, needed })
  }

  #place(line: number): { readonly file?: string; readonly line: number } {
    return this.#file === undefined ? { line } : { file: this.#file, line }
  }

  #grow(): void {
    const size = this.#length * 2
    this.#kind = copyInto(new Uint8Array(size), this.#kind)
    this.#side = copyInto(new Uint8Array(size), this.#side)
    this.#line = copyInto(new Uint32Array(size), this.#line)
    this.#price = copyInto(new Float64Array(size), this.#price)
    this.#priceScale = copyInto(new Uint8Array(size), this.#priceScale)
    this.#qty = copyInto(new Float64Array(size), this.#qty)
    this.#qtyScale = copyInto(new Uint8Array(size), this.#qtyScale)
  }
}

function largest(scales: Uint8Array, length: number): number {
  let most = 0
  for (let row = 0; row < length; row++) if (scales[row]! > most) most = scales[row]!
  return most
}

function copyInto<T extends Uint8Array | Uint32Array | Float64Array>(target: T, source: T): T {
  target.set(source)
  return target
}
