import { CodedError } from './errors.ts'
import { wrongField } from './event-codec.ts'
import { type CoreEvent, EVENT_TYPES, isMarketEvent } from './events.ts'
import { RowKind } from './market-rows.ts'
import type { MarketView } from './market-view.ts'
import { misfitOfChanges } from './state/fit.ts'
import type { State } from './state/state.ts'

const KNOWN = new Set<string>(EVENT_TYPES)

/**
 * The boundary: refuses whatever is not a canonical Event at the next position. Everything a
 * reducer relies on is checked here, so that a refused Event changes nothing and uses no position.
 * @throws ESC_EVENT_REFUSED naming position, field, value found and value needed.
 */
export function intake(state: State, position: number, event: CoreEvent): void {
  if (position !== state.control.nextPosition) {
    throw refuse(position, 'position', position, state.control.nextPosition)
  }
  if (event === null || typeof event !== 'object') {
    throw refuse(position, 'type', describe(event), 'a canonical Event type')
  }
  // Nearly every Event is one of these, so they are told before all others.
  const isMarket = isMarketEvent(event)
  if (!isMarket && !KNOWN.has(event.type)) {
    throw refuse(position, 'type', describe(event), 'a canonical Event type')
  }
  const { time } = event
  if (!Number.isSafeInteger(time) || time < 0) {
    throw refuse(position, 'time', time, 'integer ns since the session origin')
  }
  if (isMarket) {
    checkRows(state, position, event.instrument, event.view, event.from, event.to)
    return
  }
  const wrong = wrongField(event)
  if (wrong !== null) throw refuse(position, wrong.field, wrong.found, wrong.needed)
  checkAgainstState(state, position, event)
}

/** What a field of the right shape may still name wrongly. */
function checkAgainstState(state: State, position: number, event: CoreEvent): void {
  switch (event.type) {
    case 'order.submitted':
      checkInstrument(state, position, event.instrument)
      if (state.execution.orders.get(event.key) !== undefined) {
        throw refuse(position, 'key', event.key, 'a key that was never submitted')
      }
      return
    case 'order.filled':
      checkInstrument(state, position, event.instrument)
      if (
        event.lastPrice <= 0 &&
        state.configuration.instruments[event.instrument]!.kind === 'inverse'
      ) {
        throw refuse(position, 'lastPrice', event.lastPrice, 'a positive price')
      }
      return
    case 'account.updated':
    case 'control.feedGap':
    case 'control.feedRestored':
      checkInstrument(state, position, event.instrument)
      return
    case 'control.strategyDisabled':
      if (state.control.strategies[event.strategy] === undefined) {
        throw refuse(position, 'strategy', event.strategy, 'the index of a strategy')
      }
      return
    case 'control.configurationChanged': {
      const misfit = misfitOfChanges(state.configuration, event.changes)
      if (misfit !== null) throw refuse(position, misfit.field, misfit.found, misfit.needed)
      return
    }
    case 'control.time':
      if (event.time < event.due) {
        throw refuse(position, 'time', event.time, `at least ${event.due}`)
      }
      return
    default:
  }
}

function checkRows(
  state: State,
  position: number,
  instrument: number,
  view: MarketView,
  from: number,
  to: number,
): void {
  checkInstrument(state, position, instrument)
  const whole = Number.isSafeInteger(from) && Number.isSafeInteger(to)
  if (!(whole && from >= 0 && from <= to && to <= view.length)) {
    throw refuse(position, 'rows', `[${from}, ${to})`, `a range within ${view.length} rows`)
  }
  if (view !== lastView) checkOnce(position, view)
}

/**
 * A view is immutable and serves many Events: its rows are looked at once, at the first of them.
 * The last view is remembered besides, since most Events come from the same few.
 */
const checkedViews = new WeakSet<MarketView>()
let lastView: MarketView | null = null

function checkOnce(position: number, view: MarketView): void {
  if (!checkedViews.has(view)) checkView(position, view)
  checkedViews.add(view)
  lastView = view
}

/** Cost: about 2 ns a row; written as comparisons, because library checks are calls. */
function checkView(position: number, { length, qty, side, kind }: MarketView): void {
  for (let row = 0; row < length; row++) {
    const size = qty[row]!
    if (!(size >= 0 && size <= Number.MAX_SAFE_INTEGER && Math.floor(size) === size)) {
      throw refuse(position, `qty of row ${row}`, size, 'an integer of 0 or more')
    }
    const what = kind[row]!
    const of = side[row]!
    // A trade may not know who took, and a CLEAR without a side clears both.
    const isFree = what === RowKind.TRADE || what === RowKind.CLEAR
    if (of !== 1 && of !== -1 && !(of === 0 && isFree)) {
      throw refuse(position, `side of row ${row}`, of, '1 or -1')
    }
    if (!(what >= RowKind.DEPTH && what <= RowKind.SNAPSHOT)) {
      throw refuse(position, `kind of row ${row}`, what, 'a RowKind')
    }
  }
}

function checkInstrument(state: State, position: number, instrument: number): void {
  if (state.market[instrument] === undefined) {
    throw refuse(position, 'instrument', instrument, `0 to ${state.market.length - 1}`)
  }
}

function refuse(position: number, field: string, found: unknown, needed: unknown): CodedError {
  return new CodedError('ESC_EVENT_REFUSED', {
    field: `position ${position}, ${field}`,
    found: String(found),
    needed: String(needed),
  })
}

function describe(event: unknown): string {
  return event !== null && typeof event === 'object' && 'type' in event
    ? String(event.type)
    : String(event)
}
