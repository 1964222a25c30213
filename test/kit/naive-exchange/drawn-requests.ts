import { BUY, type Dispatch, type Side } from '@escapement/core'
import fc from 'fast-check'
import { ASK, BID, behindIn, side } from './drawn-feed.ts'

export type Asked = { readonly time: number; readonly terms: Partial<Dispatch> }

const KINDS = ['GTC', 'GTC', 'GTC', 'GTC', 'postOnly', 'postOnly', 'IOC', 'FOK'] as const

const request = (isCalm: boolean) =>
  fc.record({
    step: fc.constantFrom(0, 0, 1, 3, 8),
    kind: fc.constantFrom('new', 'new', 'new', 'new', 'replace', 'replace', 'cancel' as const),
    which: fc.nat(99),
    stale: fc.nat(9).map((n) => n === 0),
    keepsPrice: fc.boolean(),
    instrument: fc.nat(9),
    side,
    behind: behindIn(isCalm),
    qty: fc.integer({ min: 1, max: isCalm ? 20 : 9 }),
    orderType: isCalm
      ? fc.constant('limit' as const)
      : fc.constantFrom('limit', 'limit', 'limit', 'limit', 'market' as const),
    timeInForce: isCalm ? fc.constant('GTC' as const) : fc.constantFrom(...KINDS),
    fault: fc.oneof(
      { weight: 40, arbitrary: fc.constant('none' as const) },
      { weight: 1, arbitrary: fc.constantFrom('price', 'qty', 'duplicate' as const) },
    ),
  })
type Drawn = ReturnType<typeof request> extends fc.Arbitrary<infer T> ? T : never
type Known = { readonly key: number; readonly instrument: number; price: number }

/** Requests of at most `size`, some about orders that are gone, some that must be refused. */
export const drawnRequests = (
  isCalm: boolean,
  size: number,
): fc.Arbitrary<(instruments: number) => Asked[]> =>
  fc
    .array(request(isCalm), { maxLength: size, size: 'max' })
    .map((drawn) => (instruments) => requestsOf(drawn, instruments))

function requestsOf(drawn: readonly Drawn[], instruments: number): Asked[] {
  let time = 1
  const known: Known[] = []
  return drawn.map((each) => {
    time += each.step
    const recent = known.slice(each.stale ? 0 : -6)
    const old = recent[each.which % Math.max(1, recent.length)]
    if (old !== undefined && each.kind !== 'new') return { time, terms: change(each, old) }
    const fresh = { key: known.length + 1, instrument: each.instrument % instruments }
    const { key, instrument } = old !== undefined && each.fault === 'duplicate' ? old : fresh
    const terms = { ...termsOf(each), kind: 'new', key, instrument, side: each.side } as const
    known.push({ key, instrument, price: terms.price })
    return { time, terms: { ...terms, timeInForce: each.timeInForce } }
  })
}

/** Half of the replaces keep the price, so that queue positions are kept now and then. */
function change(each: Drawn, old: Known): Partial<Dispatch> {
  const { key, instrument } = old
  if (each.kind === 'cancel') return { kind: 'cancel', key, instrument }
  const terms = termsOf(each)
  if (!each.keepsPrice) old.price = terms.price
  return { ...terms, price: old.price, kind: 'replace', key, instrument }
}

const termsOf = ({ fault, qty, orderType, ...each }: Drawn) => ({
  orderType,
  price: fault === 'price' ? 2 ** 31 : priceOf(each.side, each.behind),
  qty: fault === 'qty' ? 0 : qty,
})

const priceOf = (of: Side, behindIt: number): number =>
  of === BUY ? BID - behindIt : ASK + behindIt
