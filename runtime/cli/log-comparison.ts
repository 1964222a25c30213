import { ByteReader, CodedError, LogKind, logRecords, type Position } from '@escapement/core'
import type { LogSink } from '../../actors/ports.ts'
import { MarketRun } from '../event-log/market-run.ts'

/** Holds the log of a repeated run against the one that was recorded, record by record. */
export class LogComparison implements LogSink {
  readonly #recorded: Uint8Array
  /** Bytes that were equal so far. */
  #equal = 0
  #difference: Position | null = null

  constructor(recorded: Uint8Array) {
    this.#recorded = recorded
  }

  /** Position of the first record that came out otherwise, or null. */
  get difference(): Position | null {
    return this.#difference
  }

  /** Whether everything that was recorded has come out again. */
  get isWhole(): boolean {
    return this.#equal === this.#recorded.length
  }

  /** @throws ESC_RUN_DIFFERS at the first difference, which ends the run */
  write(bytes: Uint8Array): void {
    // Beyond its end a run that was interrupted had no more to say.
    const recorded = this.#recorded.subarray(this.#equal, this.#equal + bytes.length)
    if (isSame(recorded, bytes.subarray(0, recorded.length))) {
      this.#equal += recorded.length
      return
    }
    for (const { from, to, position } of logRecords(bytes)) {
      const one = recorded.subarray(from, to)
      if (isSame(one, bytes.subarray(from, from + one.length))) continue
      this.#difference = position
      throw new CodedError('ESC_RUN_DIFFERS', { field: `event log, position ${position}` })
    }
  }
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** The last position that a log tells of, -1 of an empty one. */
export function lastPosition(log: Uint8Array): Position {
  let last = -1
  for (const { kind, position, payload, to } of logRecords(log)) {
    const isRun = kind === LogKind.RUN
    last = isRun
      ? MarketRun.read(position, new ByteReader(log.subarray(payload, to))).last
      : position
  }
  return last
}
