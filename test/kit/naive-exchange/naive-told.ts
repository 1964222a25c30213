import { RowKind, type Side } from '@escapement/core'
import type { Row } from '../../actors/fill-simulator/probe.ts'
import type { NaiveDesk } from './naive-desk.ts'
import { isBetter, opposite, reaches } from './naive-levels.ts'
import { lotsPast } from './naive-queue.ts'
import type { LevelChange } from './naive-real-orders.ts'
import { abortIfDead, applyRow } from './naive-rows.ts'

/** A row of a market that is told order by order. */
export function applyTold(desk: NaiveDesk, row: Row, index: number): void {
  const byOrder = desk.rules.queue.model === 'l3Fifo'
  if (row.kind === RowKind.TRADE) {
    if (byOrder) endSnapshot(desk)
    else applyRow(desk, row, index)
  } else if (row.kind === RowKind.CLEAR) {
    applyRow(desk, row, index)
    desk.real.clear(row.side as Side, row.price)
  } else {
    for (const change of desk.real.apply(row)) {
      if (byOrder) levelChanged(desk, row.time, index, change)
      else {
        const { side, price, total } = change
        applyRow(desk, { time: row.time, kind: RowKind.DEPTH, side, price, qty: total }, index)
      }
      desk.real.meet(change)
    }
  }
}

/** With depth models a depth row does it; here own orders keep their place in the snapshot's end. */
function endSnapshot(desk: NaiveDesk): void {
  for (const order of desk.orders) order.toBack = false
}

function levelChanged(desk: NaiveDesk, time: number, index: number, change: LevelChange): void {
  const { levels, quirks } = desk
  const { side, price, total, filled } = change
  if (!change.isAdd) endSnapshot(desk)
  for (const order of desk.orders) {
    const isBehind = order.toBack && order.side === side && order.price === price
    if (isBehind) order.place = desk.real.nextPlace()
  }
  const before = levels.displayed(side)
  const previous = levels.units(side, price)
  const isHidden = filled !== undefined && quirks.l3IgnoresSizes
  if (!isHidden) levels.set(side, price, total)
  if (filled !== undefined) executeAhead(desk, time, index, change, filled)
  if (isHidden) return
  const best = levels.displayed(side)
  const improved = best !== undefined && (before === undefined || isBetter(side, best, before))
  const renewed = total > 0 && total !== previous && !quirks.takesConsumeNothing
  if (!improved && !renewed) return
  for (const order of desk.queue(opposite(side))) {
    if (!reaches(side, price, order.price)) continue
    abortIfDead(order)
    const why = { cause: 'cross', causeRow: index, queueBefore: desk.ahead(order), queueAfter: 0 }
    desk.execute(time, order, order.price, order.leaves, { ...why, cause: 'cross' })
  }
}

/** Ours that stand ahead of the order that was executed share its size. */
function executeAhead(
  desk: NaiveDesk,
  time: number,
  index: number,
  { side, price }: LevelChange,
  { place, qty }: { readonly place: number; readonly qty: number },
): void {
  const { rules, quirks } = desk
  const size = lotsPast(-qty, rules.lotUnits)
  let given = 0
  for (const order of desk.queue(side)) {
    const isAhead =
      isBetter(side, order.price, price) || (order.price === price && order.place < place)
    if (!isAhead) continue
    const left = quirks.l3IgnoresSizes
      ? Number.POSITIVE_INFINITY
      : quirks.eachOrderGetsWholeTrade
        ? size
        : size - given
    if (left <= 0) continue
    abortIfDead(order)
    const lots = rules.partialFills ? Math.min(left, order.leaves) : order.leaves
    const exact = rules.partialFills && left === order.leaves
    const front = desk.ahead(order)
    const why = { causeRow: index, queueBefore: front, queueAfter: front }
    desk.execute(time, order, order.price, lots, { ...why, cause: 'trade' })
    given += lots
    if (exact && quirks.exactFillLeavesDeadOrder) {
      desk.orders.push(Object.assign(order, { dead: true }))
    }
  }
}
