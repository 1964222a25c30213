import type { Nanos, OrderKey, PriceTicks, Side } from '@escapement/core'
import { Desk } from '../../actors/fill-simulator/desk.ts'
import type { OwnOrder } from '../../actors/fill-simulator/own-order.ts'
import type { QueueEstimate, QueueModel } from '../../actors/fill-simulator/queue-model.ts'
import type { Quirks } from '../../actors/fill-simulator/quirks.ts'
import { Reporter } from '../../actors/fill-simulator/reports.ts'
import { Rows } from '../../actors/fill-simulator/rows.ts'
import type { VenueInstrument } from '../../actors/fill-simulator/venue-config.ts'
import type { FeedChannel } from '../../actors/ports.ts'
import type { Stay } from './stays.ts'

/** One instrument's market and rules. */
export type Ground = {
  readonly channel: FeedChannel
  readonly rules: VenueInstrument
  readonly quirks: Quirks
}

/** A stay, and how long one may wait for its first execution. */
export type Trial = { readonly stay: Stay; readonly horizon: Nanos }

/** No execution within the horizon. */
export const NEVER_FILLED = Number.POSITIVE_INFINITY

/** Models that share one pass over the rows: their copies of an order stand in one list. */
const AT_ONCE = 32

/**
 * When each model would first have executed each stay: exchange times by model, then by trial;
 * {@link NEVER_FILLED} where it would not.
 *
 * The rows go past copies of the orders at a desk of the Venue itself, one copy a model, each by
 * itself: no copy takes part of a trade from another. Cost: a pass over the rows for 32 models.
 */
export function predictFills(
  ground: Ground,
  trials: readonly Trial[],
  models: readonly QueueModel[],
): readonly Float64Array[] {
  const times: Float64Array[] = []
  for (let from = 0; from < models.length; from += AT_ONCE) {
    times.push(...predictTogether(ground, trials, models.slice(from, from + AT_ONCE)))
  }
  return times
}

function predictTogether(
  { channel, rules, quirks }: Ground,
  trials: readonly Trial[],
  models: readonly QueueModel[],
): Float64Array[] {
  const times = models.map(() => new Float64Array(trials.length).fill(NEVER_FILLED))
  const reporter = new Reporter(
    channel.instrument,
    INSTANT,
    (exchTime, record) => {
      const key = 'key' in record ? record.key : 0
      times[key % models.length]![Math.floor(key / models.length)] = exchTime
    },
    () => 0,
  )
  const desk = new Desk(
    { ...rules, queue: ofEachCopy, partialFills: true },
    { ...quirks, eachOrderGetsWholeTrade: true, exactFillLeavesDeadOrder: false },
    reporter,
  )
  const passage = new Passage(desk, channel)
  const copies = trials.map(({ stay }, i) =>
    models.map((model, m) => new Copy(i * models.length + m, stay, model)),
  )
  const byStart = order(trials, ({ stay }) => stay.from)
  const byEnd = order(trials, ({ horizon }) => horizon)
  let ended = 0
  const leave = (until: Nanos) => {
    for (; ended < byEnd.length && trials[byEnd[ended]!]!.horizon <= until; ended++) {
      const trial = byEnd[ended]!
      passage.to(trials[trial]!.horizon)
      for (const copy of copies[trial]!) if (desk.orders.has(copy.key)) desk.drop(copy)
    }
  }
  for (const trial of byStart) {
    const { from } = trials[trial]!.stay
    leave(from)
    passage.to(from)
    for (const copy of copies[trial]!) desk.rest(copy)
  }
  leave(Number.POSITIVE_INFINITY)
  return times
}

const INSTANT = { entry: () => 0, response: () => 0 }

/** Rows on their way past a desk, as the Venue takes them. */
class Passage {
  readonly #rows: Rows
  readonly #channel: FeedChannel
  #next = 0

  constructor(desk: Desk, channel: FeedChannel) {
    this.#rows = new Rows(desk)
    this.#channel = channel
  }

  /** Every row up to a time, that time included. */
  to(time: Nanos): void {
    const { exchange: view } = this.#channel
    while (this.#next < view.length && view.time[this.#next]! <= time) {
      this.#next = this.#rows.advance(view, this.#next, view.length, time)
    }
  }
}

/** An order of one lot, so that its first execution is its last: the question is when that is. */
class Copy implements OwnOrder {
  readonly key: OrderKey
  readonly side: Side
  readonly orderType = 'limit'
  readonly timeInForce = 'GTC'
  price: PriceTicks
  cum = 0
  leaves = 1
  front = 0
  traded = 0
  displaced = false
  since = 0
  ahead = 0
  dead = false
  readonly model: QueueModel

  constructor(key: OrderKey, { side, price }: Stay, model: QueueModel) {
    this.key = key
    this.side = side
    this.price = price
    this.model = model
  }
}

/** Each copy moves by its own model. */
const ofEachCopy: QueueModel = {
  identity: 'of each copy',
  trade: (estimate: QueueEstimate, qty) => (estimate as Copy).model.trade(estimate, qty),
  depth: (estimate, previous, next) => (estimate as Copy).model.depth(estimate, previous, next),
}

/** Indices in the order of a time. */
const order = (trials: readonly Trial[], timeOf: (trial: Trial) => Nanos): readonly number[] =>
  trials.map((_, i) => i).sort((a, b) => timeOf(trials[a]!) - timeOf(trials[b]!) || a - b)
