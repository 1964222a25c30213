import { CodedError, Digest, type Nanos } from '@escapement/core'
import { Interpolation } from './interpolation.ts'
import type { TimedLatencySource } from './latency-model.ts'

/**
 * Recorded requests: when each was sent, reached the venue, and was answered, in absolute ns.
 * A row whose arrival is 0 or negative is a request that was refused on the way.
 */
export type LatencyTable = {
  readonly request: BigInt64Array
  readonly exchange: BigInt64Array
  readonly response: BigInt64Array
  /** Epoch ns of time 0 of the session. */
  readonly originNs: bigint
  /** Added to each leg: arrivals by once, answers by twice this. Refused rows stay refused. */
  readonly offsetNs?: bigint
}

/**
 * Latencies interpolated from recorded requests.
 *
 * Entry at t between two requests interpolates their entry latencies; if one of them was refused,
 * minus the interpolation of the round trips. Response at x interpolates over the arrivals. Before
 * the first row and after the last their own values hold. Positions only move forward, so pairs
 * whose arrivals run backwards are passed over.
 * @throws ESC_LATENCY_TABLE when the columns cannot be used
 * @source README.md, "Time"
 */
export function tableLatency(table: LatencyTable): TimedLatencySource {
  check(table)
  const { request, originNs } = table
  const offset = table.offsetNs ?? 0n
  const exchange = table.exchange.map((time) => (time > 0n ? time + offset : time))
  const response = table.response.map((time, row) =>
    table.exchange[row]! > 0n ? time + 2n * offset : time,
  )
  checkLegs(request, exchange, response)
  const entry = request.map((time, row) => exchange[row]! - time)
  const roundTrip = request.map((time, row) => response[row]! - time)
  const back = exchange.map((time, row) => response[row]! - time)
  const lost = (row: number) => row < exchange.length && exchange[row]! <= 0n
  const refusedPair = Uint8Array.from(exchange, (_, row) => (lost(row) || lost(row + 1) ? 1 : 0))
  const create = () => {
    const out = new Interpolation(request, entry, originNs)
    const refused = new Interpolation(request, roundTrip, originNs)
    const home = new Interpolation(exchange, back, originNs)
    return {
      entry(time: Nanos): Nanos {
        const row = out.seek(time)
        if (row < 0 || refusedPair[row] === 0) return out.at(time)
        refused.seek(time)
        return -refused.at(time)
      },
      response(exchTime: Nanos): Nanos {
        home.seek(exchTime)
        return home.at(exchTime)
      },
    }
  }
  return { identity: `table(${digest(request, exchange, response)},${originNs})`, create }
}

function check({ request, exchange, response }: LatencyTable): void {
  const length = request.length
  if (length === 0) refuse({ found: 'no rows', needed: 'at least one row' })
  if (exchange.length !== length || response.length !== length) {
    refuse({
      found: `columns of ${length}, ${exchange.length} and ${response.length} rows`,
      needed: 'columns of one length',
    })
  }
  for (let row = 0; row < length; row++) {
    if (row > 0 && request[row]! < request[row - 1]!) {
      refuse({ row, field: 'req_ts', found: String(request[row]), needed: 'times that never fall' })
    }
  }
  // The first and the last row hold for all times outside the table.
  for (const row of [0, length - 1]) {
    if (exchange[row]! <= 0n) {
      refuse({
        row,
        field: 'exch_ts',
        found: String(exchange[row]),
        needed: 'a first and a last row that arrived',
      })
    }
  }
}

/** A row that arrived did so after it was sent and before it was answered, with the offset added. */
function checkLegs(request: BigInt64Array, exchange: BigInt64Array, response: BigInt64Array): void {
  for (let row = 0; row < request.length; row++) {
    const arrived = exchange[row]! > 0n
    if (arrived && exchange[row]! < request[row]!) {
      const needed = 'an arrival not before its request (0 if it was refused), or an offset'
      refuse({ row, field: 'exch_ts', found: String(exchange[row]), needed })
    }
    if (response[row]! < (arrived ? exchange[row]! : request[row]!)) {
      const needed = 'an answer not before its arrival or request, or an offset'
      refuse({ row, field: 'resp_ts', found: String(response[row]), needed })
    }
  }
}

function refuse(facts: ConstructorParameters<typeof CodedError>[1]): never {
  throw new CodedError('ESC_LATENCY_TABLE', facts)
}

function digest(...columns: readonly BigInt64Array[]): string {
  const sum = new Digest()
  for (const column of columns) for (const value of column) sum.big(value)
  return sum.hex()
}
