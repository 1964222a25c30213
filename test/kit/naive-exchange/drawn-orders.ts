import { BUY, RowKind, type Side, WHOLE_SIDE } from '@escapement/core'
import fc from 'fast-check'
import type { Row } from '../../actors/fill-simulator/probe.ts'
import { ASK, BID, behindIn, side } from './drawn-feed.ts'

const { ADD, CANCEL, MODIFY, FILL, TRADE, CLEAR } = RowKind
const kind = fc.oneof(
  { weight: 16, arbitrary: fc.constant(ADD) },
  { weight: 5, arbitrary: fc.constant(CANCEL) },
  { weight: 6, arbitrary: fc.constant(MODIFY) },
  { weight: 14, arbitrary: fc.constant(FILL) },
  { weight: 2, arbitrary: fc.constant(TRADE) },
  { weight: 2, arbitrary: fc.constant(CLEAR) },
)
const row = (isCalm: boolean) =>
  fc.record({
    step: fc.constantFrom(0, 0, 1, 2, 3, 9),
    kind,
    side,
    behind: behindIn(isCalm),
    drift: isCalm ? fc.constant(0) : fc.integer({ min: -12, max: 12 }),
    qty: fc.nat(9),
    fraction: fc.constantFrom(0, 0, 1, 4, 5, 6, 9),
    /** Which order a row names: mostly the one that is next, else any, now and then none that is. */
    which: fc.nat(99),
    first: fc.nat(3).map((n) => n > 0),
    keepsPrice: fc.boolean(),
    all: fc.boolean(),
    whole: fc.boolean(),
  })
type Drawn = ReturnType<typeof row> extends fc.Arbitrary<infer T> ? T : never
/** What the feed believes of an order; its level may have gone meanwhile. */
type Told = { readonly order: number; readonly side: Side; price: number; left: number }

/** Feeds of at most `size` rows of orders; the units of a lot are known later only. */
export const drawnOrderFeeds = (
  isCalm: boolean,
  size: number,
): fc.Arbitrary<(lotUnits: number) => Row[]> =>
  fc
    .array(row(isCalm), { minLength: 1, maxLength: size, size: 'max' })
    .map((drawn) => (lotUnits) => new Feed(lotUnits).rows(drawn))

class Feed {
  readonly #lotUnits: number
  #time = 1
  #moved = 0
  #orders = 0
  #told: Told[] = []
  /** Ids that were cancelled and may come again, as those that were filled wholly. */
  #free: number[] = []

  constructor(lotUnits: number) {
    this.#lotUnits = lotUnits
  }

  rows(drawn: readonly Drawn[]): Row[] {
    const rows = drawn.map((each) => {
      this.#time += each.step
      if (Math.abs(each.drift) === 12) this.#moved += Math.sign(each.drift)
      return { time: this.#time, ...this.#row(each) }
    })
    // So that the feed is one of orders whatever was drawn.
    return [...rows, { ...this.#add(drawn[0]!), time: this.#time }]
  }

  #row(each: Drawn): Omit<Row, 'time'> {
    if (each.kind === CLEAR) {
      const price = each.whole ? WHOLE_SIDE : this.#price(each.side, each.behind)
      return { kind: CLEAR, side: each.side, price, qty: 0 }
    }
    if (each.kind === TRADE) {
      const price = this.#price(each.side === BUY ? -1 : BUY, each.behind)
      return { kind: TRADE, side: each.side, price, qty: this.#units(each) }
    }
    const order = this.#named(each)
    if (each.kind === ADD || order === undefined) return this.#add(each)
    if (each.kind === CANCEL) return this.#cancel(each, order)
    return each.kind === MODIFY ? this.#modify(each, order) : this.#fill(each, order)
  }

  #add(each: Drawn): Omit<Row, 'time'> {
    const filled = this.#told.find(({ left }) => left === 0)?.order
    const again = each.which % 5 === 0 ? (this.#free.shift() ?? filled) : undefined
    const order = again ?? ++this.#orders
    const told = { order, side: each.side, price: this.#price(each.side, each.behind) }
    const left = this.#units(each)
    this.#told = [...this.#told.filter((other) => other.order !== order), { ...told, left }]
    return { kind: ADD, side: each.side, price: told.price, qty: left, order }
  }

  #cancel({ which, all }: Drawn, told: Told): Omit<Row, 'time'> {
    this.#told = this.#told.filter((other) => other !== told)
    this.#free.push(told.order)
    // Neither side, price nor quantity of it is read.
    return { kind: CANCEL, side: all ? told.side : 0, price: which, qty: which, order: told.order }
  }

  #modify(each: Drawn, told: Told): Omit<Row, 'time'> {
    if (!each.keepsPrice) told.price = this.#price(told.side, each.behind)
    told.left = each.all ? Math.max(1, told.left - 1) : this.#units(each)
    return { kind: MODIFY, side: 0, price: told.price, qty: told.left, order: told.order }
  }

  #fill(each: Drawn, told: Told): Omit<Row, 'time'> {
    // Wholly filled before: only a quantity of no order could be told, so it comes back instead.
    if (told.left === 0) return this.#modify(each, told)
    const qty = each.all ? told.left : Math.min(told.left, this.#units(each))
    told.left -= qty
    return { kind: FILL, side: told.side, price: told.price, qty, order: told.order }
  }

  /** The order that would be executed next, any other, or one that was never added. */
  #named({ which, first, side: of }: Drawn): Told | undefined {
    if (which === 99) return { order: ++this.#orders, side: of, price: BID, left: 9 }
    if (!first) return this.#told[which % Math.max(1, this.#told.length)]
    const queue = this.#told.filter((told) => told.side === of && told.left > 0)
    return queue.sort((a, b) => (b.price - a.price) * of)[which % 2] ?? queue[0]
  }

  #price(of: Side, behind: number): number {
    return this.#moved + (of === BUY ? BID - behind : ASK + behind)
  }

  #units({ qty, fraction }: Drawn): number {
    // Less than half a lot is a size too; the reference's book does not show it.
    return Math.max(1, qty * this.#lotUnits + (this.#lotUnits === 1 ? 0 : fraction))
  }
}
