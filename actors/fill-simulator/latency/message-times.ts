import {
  CodedError,
  type CommandKind,
  type InstrumentIndex,
  type MarketView,
  type Nanos,
  Random,
} from '@escapement/core'
import type { LatencyModel } from '../../ports.ts'
import type { LatencyDirection, LatencySource } from '../latency-model.ts'
import { RowsSeen } from './rows-seen.ts'

/** Numbers of the venue's generators, behind those of 8,192 strategies of the same seed. */
const FIRST_STREAM = 65_536
const DIRECTIONS: readonly LatencyDirection[] = ['new', 'replace', 'cancel', 'response']

/**
 * The generator of one direction of one instrument: stream 65536 + 4 x instrument + 0 (new),
 * 1 (replace), 2 (cancel) or 3 (response) of the session's seed. None moves another.
 */
export const latencyRandom = (
  seed: number,
  instrument: InstrumentIndex,
  direction: LatencyDirection,
): Random =>
  Random.stream(seed, FIRST_STREAM + DIRECTIONS.length * instrument + DIRECTIONS.indexOf(direction))

/** How long the messages of one instrument take, with what the latency model is told of them. */
export class MessageTimes {
  readonly #identity: string
  readonly #model: LatencyModel
  /** Null when the model does not ask how many rows there were. */
  readonly #seen: RowsSeen | null
  readonly #told = { kind: 'new' as CommandKind, rows: 0 }

  constructor(source: LatencySource, seed: number, instrument: InstrumentIndex) {
    const { loadWindowNs = 0 } = source
    this.#identity = source.identity
    this.#model = source.create((direction) => latencyRandom(seed, instrument, direction))
    this.#seen = loadWindowNs > 0 ? new RowsSeen(loadWindowNs) : null
  }

  /** A batch of rows begins, or goes on where it stopped. */
  batch(view: MarketView, from: number, to: number): void {
    this.#seen?.batch(view, from, to)
  }

  /** From sending at `time` to arrival; negative: refused after that long. */
  entry(kind: CommandKind, time: Nanos): Nanos {
    const told = this.#told
    told.kind = kind
    if (this.#seen !== null) told.rows = this.#seen.before(time)
    const entry = this.#model.entry(time, told)
    return Number.isSafeInteger(entry) ? entry : this.#refuse('entry', entry, 'an integer')
  }

  /** From the venue's doing at `exchTime` to the report's receipt. */
  response(exchTime: Nanos): Nanos {
    const told = this.#told
    if (this.#seen !== null) told.rows = this.#seen.before(exchTime)
    const response = this.#model.response(exchTime, told)
    const isTime = Number.isSafeInteger(response) && response >= 0
    return isTime ? response : this.#refuse('response', response, 'an integer of at least 0')
  }

  #refuse(what: string, found: unknown, needed: string): never {
    const field = `venue.latency ${this.#identity}, ${what}`
    throw new CodedError('ESC_CONFIG_INVALID', { field, found: String(found), needed })
  }
}
