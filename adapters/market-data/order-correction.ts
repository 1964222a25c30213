import { RowFlag } from '@escapement/core'

/** Which item stands at each place of the corrected order, and who sees it there. */
export type CorrectedOrder = {
  readonly item: Uint32Array
  /** EXCHANGE, LOCAL, or both ({@link RowFlag}). */
  readonly flags: Uint8Array
}

/**
 * Puts items (messages) into one sequence in which the items the exchange sees are non-decreasing
 * in `exchTime` and those the local side sees non-decreasing in `localTime`; items of equal time
 * keep their order. An item that is next in both orders appears once with both flags; otherwise it
 * appears once for each. Items marked in `localOnly` are never seen by the exchange.
 *
 * Method: two cursors, one over each order. When they point at different items, the one whose other
 * half was already put out goes first, because it can no longer be paired; when both still could
 * be, the exchange goes first, as time does.
 */
export function correctOrder(
  exchTime: Float64Array,
  localTime: Float64Array,
  localOnly: Uint8Array = new Uint8Array(exchTime.length),
): CorrectedOrder {
  const exchOrder = sortedBy(exchTime).filter((item) => localOnly[item] === 0)
  const localOrder = sortedBy(localTime)
  const item = new Uint32Array(exchOrder.length + localOrder.length)
  const flags = new Uint8Array(item.length)
  // What has been put out of each item so far.
  const out = localOnly.map((only) => (only === 0 ? 0 : RowFlag.EXCHANGE))
  let places = 0
  let e = 0
  let l = 0
  while (e < exchOrder.length || l < localOrder.length) {
    const exch = exchOrder[e]
    const local = localOrder[l]
    let flag: number
    if (exch === local) flag = RowFlag.EXCHANGE | RowFlag.LOCAL
    else if (exch === undefined) flag = RowFlag.LOCAL
    else if (local === undefined) flag = RowFlag.EXCHANGE
    else flag = (out[local]! & RowFlag.EXCHANGE) !== 0 ? RowFlag.LOCAL : RowFlag.EXCHANGE
    const chosen = (flag & RowFlag.EXCHANGE) !== 0 ? exch! : local!
    item[places] = chosen
    flags[places++] = flag
    out[chosen] = out[chosen]! | flag
    if ((flag & RowFlag.EXCHANGE) !== 0) e++
    if ((flag & RowFlag.LOCAL) !== 0) l++
  }
  return { item: item.slice(0, places), flags: flags.slice(0, places) }
}

/** Indices in order of `key`; equal keys keep their order. */
function sortedBy(key: Float64Array): Uint32Array {
  const order = new Uint32Array(key.length)
  let sorted = true
  for (let i = 0; i < key.length; i++) {
    order[i] = i
    if (i > 0 && key[i]! < key[i - 1]!) sorted = false
  }
  return sorted ? order : order.sort((a, b) => key[a]! - key[b]! || a - b)
}
