import { BUY, type Dispatch, NO_ASK, NO_BID, type Side } from '@escapement/core'
import type { NaiveDesk } from './naive-desk.ts'
import { opposite, reaches } from './naive-levels.ts'
import { type NaiveOrder, ON_ARRIVAL } from './naive-reports.ts'

type Wanted = (price: number) => boolean

/** What a request does when it reaches the venue. */
export function arrive(desk: NaiveDesk, time: number, request: Dispatch): void {
  const found = desk.orders.find(({ key, dead }) => key === request.key && !dead)
  if (request.kind === 'new') placeNew(desk, time, request, found)
  else if (found === undefined) desk.reports.refused(time, request, 'unknownOrder')
  else if (request.kind === 'replace') replace(desk, time, request, found)
  else {
    desk.remove(found)
    desk.reports.tell(time, found.key, { type: 'order.canceled' })
  }
}

function placeNew(desk: NaiveDesk, time: number, request: Dispatch, found?: NaiveOrder): void {
  const { key, side, orderType, timeInForce, price, qty } = request
  const market = orderType === 'market'
  const postOnly = timeInForce === 'postOnly'
  // A market order has no price that could be wrong.
  const impossible = market && postOnly ? 'marketPostOnly' : badTerms(market ? 0 : price, qty)
  const fault = found === undefined ? impossible : 'duplicateOrder'
  if (fault !== undefined) return desk.reports.refused(time, request, fault)
  desk.reports.tell(time, key, { type: 'order.accepted' })
  const estimate = { front: 0, traded: 0, turn: 0, place: 0, toBack: false, dead: false }
  const order = { key, side, postOnly, price, cum: 0, leaves: qty, ...estimate }
  if (market) return takeAtAnyPrice(desk, time, order, timeInForce === 'FOK')
  if (timeInForce === 'IOC' || timeInForce === 'FOK') return takeNow(desk, time, order, timeInForce)
  place(desk, time, order)
}

function replace(desk: NaiveDesk, time: number, request: Dispatch, order: NaiveOrder): void {
  const { price, qty } = request
  const { requeuedReplaceKeepsLeaves, inPlaceReplaceSetsLeaves } = desk.quirks
  const fault = badTerms(price, qty)
  if (fault !== undefined) return desk.reports.refused(time, request, fault)
  const limit = inPlaceReplaceSetsLeaves ? order.leaves : order.cum + order.leaves
  const requeued = price !== order.price || qty > limit
  const leaves = requeued
    ? requeuedReplaceKeepsLeaves
      ? order.leaves
      : qty - order.cum
    : inPlaceReplaceSetsLeaves
      ? qty
      : qty - order.cum
  if (leaves < 0) return desk.reports.refused(time, request, 'belowFilled')
  if (leaves === 0) {
    desk.remove(order)
    return desk.reports.tell(time, order.key, { type: 'order.canceled' })
  }
  order.price = price
  order.leaves = leaves
  const total = order.cum + leaves
  desk.reports.tell(time, order.key, {
    type: 'order.replaced',
    price,
    qty: total,
    leavesQty: leaves,
  })
  if (!requeued) return
  desk.remove(order)
  place(desk, time, order)
}

/** A GTC or post-only order, new or from the back of the queue. */
function place(desk: NaiveDesk, time: number, order: NaiveOrder): void {
  if (!crosses(desk, order)) return desk.rest(order)
  if (order.postOnly) return expire(desk, time, order, 'postOnlyWouldTake')
  if (!desk.rules.partialFills) return takeAllAtBest(desk, time, order)
  if (!desk.quirks.remainderExecutesAtLimit) {
    takeLevels(desk, time, order, withinLimit(order))
    if (order.leaves > 0) desk.rest(order)
    return
  }
  // The buy leaves its limit out, which the remainder covers; the sell takes it as a level.
  const walked = (price: number) =>
    withinLimit(order)(price) && !(order.side === BUY && price === order.price)
  takeLevels(desk, time, order, walked)
  if (order.leaves > 0) desk.execute(time, order, order.price, order.leaves, ON_ARRIVAL)
}

function takeNow(desk: NaiveDesk, time: number, order: NaiveOrder, kind: 'IOC' | 'FOK'): void {
  const reason = kind === 'IOC' ? 'ioc' : 'fok'
  if (!crosses(desk, order)) return expire(desk, time, order, reason)
  if (!desk.rules.partialFills) return takeAllAtBest(desk, time, order)
  if (kind === 'FOK' && lotsAt(desk, order, withinLimit(order)) < order.leaves) {
    return expire(desk, time, order, reason)
  }
  takeLevels(desk, time, order, withinLimit(order))
  if (order.leaves > 0) expire(desk, time, order, reason)
}

function takeAtAnyPrice(desk: NaiveDesk, time: number, order: NaiveOrder, all: boolean): void {
  const best = desk.levels.best(opposite(order.side))
  if (desk.rules.partialFills) {
    const far = desk.quirks.marketStopsAfter100Ticks ? 100 : Number.POSITIVE_INFINITY
    const near = (price: number) => Math.abs(price - best!) <= far
    if (all && lotsAt(desk, order, near) < order.leaves) return expire(desk, time, order, 'fok')
    takeLevels(desk, time, order, near)
    if (order.leaves > 0) expire(desk, time, order, 'noLiquidity')
  } else if (best !== undefined) takeAllAtBest(desk, time, order)
  else if (desk.quirks.marketFillsOnEmptySide) {
    const noPrice = order.side === BUY ? NO_ASK : NO_BID
    desk.execute(time, order, noPrice, order.leaves, ON_ARRIVAL)
  } else expire(desk, time, order, 'noLiquidity')
}

/** Level by level, best first; each is an execution of its own. */
function takeLevels(desk: NaiveDesk, time: number, order: NaiveOrder, wanted: Wanted): void {
  for (const level of desk.levels.ladder(opposite(order.side))) {
    if (order.leaves === 0 || !wanted(level.price)) return
    const lots = Math.min(order.leaves, desk.levels.lots(level))
    if (lots === 0) continue
    desk.levels.take(level, lots)
    desk.execute(time, order, level.price, lots, ON_ARRIVAL)
  }
}

function takeAllAtBest(desk: NaiveDesk, time: number, order: NaiveOrder): void {
  const level = desk.levels.ladder(opposite(order.side))[0]!
  desk.levels.take(level, order.leaves)
  desk.execute(time, order, level.price, order.leaves, ON_ARRIVAL)
}

const lotsAt = (desk: NaiveDesk, order: NaiveOrder, wanted: Wanted): number =>
  desk.levels
    .ladder(opposite(order.side))
    .filter(({ price }) => wanted(price))
    .reduce((sum, level) => sum + desk.levels.lots(level), 0)

const withinLimit =
  ({ side, price: limit }: { readonly side: Side; readonly price: number }) =>
  (price: number): boolean =>
    reaches(side, limit, price)

function crosses(desk: NaiveDesk, order: NaiveOrder): boolean {
  const best = desk.levels.best(opposite(order.side))
  return best !== undefined && withinLimit(order)(best)
}

function expire(desk: NaiveDesk, time: number, order: NaiveOrder, reason: string): void {
  desk.reports.tell(time, order.key, { type: 'order.expired', reason })
}

function badTerms(price: number, qty: number): 'badPrice' | 'badQuantity' | undefined {
  if (!Number.isInteger(price) || price <= NO_BID || price >= NO_ASK) return 'badPrice'
  return Number.isSafeInteger(qty) && qty > 0 ? undefined : 'badQuantity'
}
