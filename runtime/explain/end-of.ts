import { parseDecimal, toScale } from '@escapement/core'
import type { End, Entry } from './explanation.ts'
import type { OrderWords } from './order-words.ts'

/** What became of an order, read off its timeline. */
export function endOf(entries: readonly Entry[], words: OrderWords): End {
  let state: End['state'] = 'neverSent'
  let fills = 0
  let filledQty = '0'
  let fee = 0n
  for (const entry of entries) {
    state = next(state, entry)
    if (entry.kind !== 'filled') continue
    fills++
    filledQty = entry.cumQty
    fee += toScale(parseDecimal(entry.fee), words.instrument.quoteDecimals)!
  }
  return { state, fills, filledQty, fee: words.money(fee) }
}

function next(state: End['state'], entry: Entry): End['state'] {
  switch (entry.kind) {
    case 'risk':
      return entry.verdict === 'denied' && entry.command === 'new' ? 'denied' : state
    case 'admitted':
      return entry.command === 'cancel' || state !== 'neverSent' ? state : 'waiting'
    case 'closed':
      return state === 'waiting' && entry.by === null ? 'neverSent' : state
    case 'sent':
      return entry.command === 'new' || state === 'waiting' ? 'underWay' : state
    case 'notSent':
      return entry.command === 'new' ? 'neverSent' : state
    case 'accepted':
      return 'open'
    case 'replaced':
      return entry.leavesQty === '0' ? 'filled' : state
    case 'filled':
      return entry.leavesQty === '0' ? 'filled' : 'open'
    case 'rejected':
    case 'canceled':
    case 'expired':
      return entry.kind
    case 'disposed':
      return entry.outcome === 'canceled' ? 'canceled' : 'rejected'
    default:
      return state
  }
}
