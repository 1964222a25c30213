import {
  applyRow,
  type ControlTime,
  type Dispatch,
  type Intent,
  type MarketSnapshot,
  type MarketView,
  NO_ASK,
  NO_BID,
  RowKind,
  type Side,
  type State,
  type StepBaton,
} from '@escapement/core'
import { type Actor, actor, Priority } from '../../actors/actor.ts'
import { ReferenceBook } from '../../actors/fill-simulator/reference-book.ts'
import type { MarketBatch } from '../../actors/ports.ts'

/**
 * Instead of queue and gate: what Risk allowed leaves at once. The reference knows neither rates
 * nor requests under way, so nothing waits and nothing supersedes.
 */
export const passThrough = () =>
  actor<{ in: { step: StepBaton }; out: { step: StepBaton } }>()(
    'pass-through',
    { in: { step: Priority.baton }, out: ['step'] },
    ({ emit }) => {
      let sequence = 0
      return {
        step(baton) {
          const dispatches = baton.decided.allowed.map((intent) =>
            dispatchOf(baton.state, intent, sequence++),
          )
          baton.released = { dispatches, rateDue: null }
          emit('step', baton)
        },
      }
    },
  )

function dispatchOf(state: State, intent: Intent, sequence: number): Dispatch {
  if (intent.type === 'intent.new') {
    const { type: _type, ...terms } = intent
    return { ...terms, kind: 'new', sequence }
  }
  const { orders, inflight } = state.execution
  const sent = orders.get(intent.key) ?? inflight.get(intent.key)?.asked
  const { key, instrument, side, orderType, timeInForce, price, qty } = sent!
  const terms = { key, instrument, side, orderType, timeInForce }
  return intent.type === 'intent.cancel'
    ? { ...terms, price, qty, kind: 'cancel', sequence }
    : { ...terms, price: intent.price, qty: intent.qty, kind: 'replace', sequence }
}

/**
 * Between feed and Core: the strategy's book by the reference's rules, of which the Core gets the
 * touch. Levels that were crossed come back there, in our book they do not.
 */
export const referenceTouch = (lotUnits: number) =>
  actor<{ in: { market: MarketBatch }; out: { touch: MarketSnapshot } }>()(
    'reference-touch',
    { in: { market: Priority.market }, out: ['touch'] },
    (context) => {
      const rules = { lotUnits, crossedLevelsStay: true, clearSkipsOneLevel: true }
      const book = new ReferenceBook(rules)
      let [bid, ask] = [NO_BID as number, NO_ASK as number]
      return {
        market(batch) {
          const { view, end } = batch
          while (batch.next < end && view.time[batch.next]! <= context.horizon) {
            const row = batch.next++
            applyRow(book, view, row)
            const { bestBid, bestAsk } = book
            if (bid === bestBid && ask === bestAsk) continue
            bid = bestBid
            ask = bestAsk
            const time = view.time[row]!
            context.advance(time)
            context.emit('touch', touchEvent(time, bid, ask))
          }
          return batch.next < end ? view.time[batch.next]! : undefined
        },
      }
    },
  )

/** A snapshot of the best price of each side that has one, quantity 1. */
function touchEvent(time: number, bid: number, ask: number): MarketSnapshot {
  const levels: (readonly [Side, number])[] = []
  if (bid !== NO_BID) levels.push([1, bid])
  if (ask !== NO_ASK) levels.push([-1, ask])
  const { length } = levels
  const view: MarketView = {
    length,
    time: new Float64Array(length).fill(time),
    exchTime: new Float64Array(length).fill(time),
    kind: new Uint8Array(length).fill(RowKind.SNAPSHOT),
    side: Int8Array.from(levels, ([side]) => side),
    price: Int32Array.from(levels, ([, price]) => price),
    qty: new Float64Array(length).fill(1),
    row: new Uint32Array(length),
  }
  return { type: 'market.snapshot', time, instrument: 0, view, from: 0, to: length }
}

/**
 * Between scheduler and Core: the strategy is woken as long as something else is outstanding. Data
 * and messages that have run out are the end, even where the next step would have come.
 */
export const untilDry = (isDry: () => boolean): Actor<UntilDryPorts> =>
  actor<UntilDryPorts>()(
    'until-dry',
    { in: { event: Priority.control }, out: ['event'] },
    ({ emit }) => ({
      event(wakeUp) {
        if (!isDry()) emit('event', wakeUp)
      },
    }),
  )

type UntilDryPorts = { in: { event: ControlTime }; out: { event: ControlTime } }
