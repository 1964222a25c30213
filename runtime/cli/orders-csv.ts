import { readFileSync } from 'node:fs'
import {
  BUY,
  CodedError,
  type ErrorFacts,
  type Instrument,
  messageOf,
  type Nanos,
  parseDecimal,
  powerOfTen,
  SELL,
} from '@escapement/core'
import type { Stay } from '../calibrate/stays.ts'

const HEADER = 'order,instrument,side,price,qty,accepted_ns,first_fill_ns,ended_ns'

/**
 * Reads recorded orders, one stay in a queue a line:
 *
 *     order         any name
 *     instrument    symbol as in the configuration
 *     side          buy or sell
 *     price, qty    decimals; a price is a multiple of the tick
 *     accepted_ns   exchange time, epoch ns, from which it stood there
 *     first_fill_ns exchange time of its first execution; empty without one
 *     ended_ns      exchange time at which it left unexecuted; empty after an execution
 *
 * A replace that gives up the place ends one line and begins another. Executions on arrival (as
 * taker) are no fills of a queue.
 * @throws ESC_ORDERS_TABLE naming file, line, column, value found and value needed
 */
export function readOrdersCsv(
  file: string,
  instruments: readonly Instrument[],
  originNs: bigint,
): readonly Stay[] {
  const [header, ...lines] = readText(file).trimEnd().split(/\r?\n/)
  if (header !== HEADER) {
    throw refused({ file, line: 1, found: header ?? '', needed: HEADER })
  }
  return lines.map((text, i) => {
    const line = new OrderLine(file, i + 2, text.split(','))
    return line.stay(instruments, originNs)
  })
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CodedError('ESC_ORDERS_TABLE', { file, found: messageOf(cause) }, { cause })
  }
}

const refused = (facts: ErrorFacts): CodedError => new CodedError('ESC_ORDERS_TABLE', facts)

const COLUMNS = HEADER.split(',')

/** One line of the table, which knows where it stands. */
class OrderLine {
  readonly #place: ErrorFacts
  readonly #cells: Readonly<Record<string, string>>

  constructor(file: string, line: number, cells: readonly string[]) {
    this.#place = { file, line }
    if (cells.length !== COLUMNS.length) {
      const needed = `${COLUMNS.length} cells`
      throw refused({ ...this.#place, found: `${cells.length} cells`, needed })
    }
    this.#cells = Object.fromEntries(COLUMNS.map((name, i) => [name, cells[i]!]))
  }

  stay(instruments: readonly Instrument[], originNs: bigint): Stay {
    const { order = '', side } = this.#cells
    const instrument = instruments.findIndex(({ symbol }) => symbol === this.#cells.instrument)
    if (instrument < 0) {
      throw this.#refused('instrument', instruments.map(({ symbol }) => symbol).join(' or '))
    }
    if (side !== 'buy' && side !== 'sell') throw this.#refused('side', 'buy or sell')
    this.#decimal('qty')
    const price = this.#ticks(instruments[instrument]!)
    const from = this.#time('accepted_ns', originNs)
    const filledAt = this.#optional('first_fill_ns', originNs)
    const ended = this.#optional('ended_ns', originNs)
    const until = filledAt ?? ended
    if (until === null) throw this.#refused('ended_ns', 'a time, or one in first_fill_ns')
    if (until < from) {
      throw this.#refused(
        filledAt === null ? 'ended_ns' : 'first_fill_ns',
        'no time before accepted_ns',
      )
    }
    return { order, instrument, side: side === 'buy' ? BUY : SELL, price, from, filledAt, until }
  }

  #ticks({ tickSize }: Instrument): number {
    const price = this.#decimal('price')
    const numerator = price.digits * powerOfTen(tickSize.scale)
    const denominator = tickSize.digits * powerOfTen(price.scale)
    const ticks = Number(numerator / denominator)
    if (numerator % denominator === 0n && Math.abs(ticks) < 2 ** 30) return ticks
    throw this.#refused('price', 'a multiple of the tick')
  }

  #decimal(column: string) {
    const text = this.#cells[column]!
    if (!/^-?\d+(\.\d+)?$/.test(text)) throw this.#refused(column, 'a plain decimal')
    return parseDecimal(text)
  }

  #optional(column: string, originNs: bigint): Nanos | null {
    return this.#cells[column] === '' ? null : this.#time(column, originNs)
  }

  #time(column: string, originNs: bigint): Nanos {
    const text = this.#cells[column]!
    if (!/^\d+$/.test(text)) throw this.#refused(column, 'epoch nanoseconds')
    const time = Number(BigInt(text) - originNs)
    if (time >= 0 && Number.isSafeInteger(time)) return time
    throw this.#refused(column, `a time of the data, which begin at ${originNs}`)
  }

  #refused(field: string, needed: string): CodedError {
    const found = this.#cells[field] === '' ? 'nothing' : (this.#cells[field] ?? '')
    return refused({ ...this.#place, field, found, needed })
  }
}
