import { RowKind, type Side, WHOLE_SIDE } from '@escapement/core'
import type { Row } from '../../actors/fill-simulator/probe.ts'
import { DeadOrderTouched, type NaiveDesk } from './naive-desk.ts'
import { isBetter, opposite, reaches } from './naive-levels.ts'
import { depthMoves, lotsPast } from './naive-queue.ts'
import type { NaiveOrder } from './naive-reports.ts'

/** What a market row does to the book and to our orders. */
export function applyRow(desk: NaiveDesk, row: Row, index: number): void {
  if (row.side === 0) return
  if (row.kind === RowKind.CLEAR) clear(desk, row)
  else if (row.kind === RowKind.TRADE) trade(desk, row, index)
  else depth(desk, row, index)
}

/** Our orders in the range that is cleared go to the back, whether or not a level stood there. */
function clear(desk: NaiveDesk, { side, price }: Row): void {
  desk.levels.clear(side as Side, price)
  if (desk.quirks.clearKeepsQueue) return
  for (const order of desk.orders) {
    if (order.side !== side) continue
    if (price === WHOLE_SIDE || !isBetter(side, price, order.price)) order.toBack = true
  }
}

function depth(desk: NaiveDesk, { time, price, qty, ...row }: Row, index: number): void {
  const side = row.side as Side
  const { levels, quirks } = desk
  const before = levels.displayed(side)
  const previous = levels.units(side, price)
  levels.set(side, price, qty)
  for (const order of desk.orders) {
    if (order.side === side && order.price === price) move(desk, order, previous, qty)
  }
  const best = levels.displayed(side)
  const improved = best !== undefined && (before === undefined || isBetter(side, best, before))
  // What is quoted anew also meets orders that rest within reach of levels that we used up.
  const renewed = qty > 0 && qty !== previous && !quirks.takesConsumeNothing
  for (const order of desk.queue(opposite(side))) {
    const met =
      (improved && reaches(side, best, order.price)) ||
      (renewed && reaches(side, price, order.price))
    if (!met) continue
    abortIfDead(order)
    const why = {
      cause: 'cross',
      causeRow: index,
      queueBefore: order.front,
      queueAfter: 0,
    } as const
    desk.execute(time, order, order.price, order.leaves, why)
  }
}

function move(desk: NaiveDesk, order: NaiveOrder, previous: number, next: number): void {
  const now = order.toBack
    ? { front: desk.natural(next), traded: 0 }
    : depthMoves(desk.rules.queue, order, desk.natural(previous), desk.natural(next))
  Object.assign(order, now, { toBack: false })
}

/** One size for all of our orders that were hit, in queue order. */
function trade(desk: NaiveDesk, { time, price, qty, side }: Row, index: number): void {
  const { rules, quirks } = desk
  const hit = opposite(side as Side)
  const size = lotsPast(-qty, rules.lotUnits)
  const whole = quirks.eachOrderGetsWholeTrade
  let given = 0
  for (const order of desk.queue(hit)) {
    if (isBetter(hit, price, order.price)) continue
    const queueBefore = order.front
    // At a price that was traded through, nothing is left ahead.
    const past = order.price === price ? moveUp(desk, order, qty) : Number.POSITIVE_INFINITY
    if (past > 0) order.front = 0
    const left = whole ? past : Math.min(past, size) - given
    if (!(left > 0)) continue
    abortIfDead(order)
    const mine = rules.partialFills ? Math.min(left, order.leaves) : order.leaves
    const exact = rules.partialFills && left === order.leaves
    const why = { cause: 'trade', causeRow: index, queueBefore, queueAfter: order.front } as const
    desk.execute(time, order, order.price, mine, why)
    given += mine
    if (exact && quirks.exactFillLeavesDeadOrder) {
      desk.orders.push(Object.assign(order, { dead: true }))
    }
  }
}

/** Lots that went past the order. */
function moveUp(desk: NaiveDesk, order: NaiveOrder, qty: number): number {
  order.front -= desk.natural(qty)
  order.traded += desk.natural(qty)
  return lotsPast(order.front, desk.lot)
}

export function abortIfDead(order: NaiveOrder): void {
  if (order.dead) throw new DeadOrderTouched(`order ${order.key}`)
}
