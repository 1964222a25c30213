import { type Decimal, decimal, type Instrument } from '@escapement/core'
import { entriesOf, type InstrumentMetadata, type Vector } from './format.ts'
import { count, exact, gridFor, toFloat } from './grid.ts'

/**
 * An instrument of a vector and its index with us.
 *
 * Our Configuration knows every instrument before the first Event; the reference looks metadata up
 * when a book arrives. So an instrument that a vector uses without (valid) metadata gets a place
 * and a grid here, because its orders may exist, but its Market Events name no known instrument.
 */
export type Listed = {
  readonly name: string
  readonly index: number
  readonly instrument: Instrument
  /** Whether the vector's metadata is there and would pass our boundary. */
  readonly valid: boolean
  /** The grid that the vector names: Intents are normalised to it. */
  readonly tick: Decimal
  readonly lot: Decimal
}

/** Numbers of one instrument: of Events (prices, quantities, displayed ones) and of Intents. */
type Facts = {
  readonly prices: Set<number>
  readonly qtys: Set<number>
  readonly shown: Set<number>
  readonly askedPrices: Set<number>
  readonly askedQtys: Set<number>
}

export function listInstruments(vector: Vector): ReadonlyMap<string, Listed> {
  const metadata = vector.configuration.instruments ?? {}
  const facts = collectFacts(vector)
  const names = [...new Set([...Object.keys(metadata), ...facts.keys()])]
  const money = moneyDecimals(vector)
  return new Map(
    names.map((name, index) => {
      const found = facts.get(name) ?? noFacts()
      return [name, listed(name, index, metadata[name], found, money)]
    }),
  )
}

function listed(
  name: string,
  index: number,
  metadata: InstrumentMetadata | undefined,
  { prices, qtys, shown, askedPrices, askedQtys }: Facts,
  money: number,
): Listed {
  const { tick_size, lot_size, contract_size } = metadata ?? {}
  const valid = isAmount(tick_size) && isAmount(lot_size) && isAmount(contract_size)
  const one = decimal(1n, 0)
  const tick = isAmount(tick_size) ? exact(tick_size) : gridFor(one, [...prices, ...askedPrices])
  const lot = isAmount(lot_size) ? exact(lot_size) : gridFor(one, [...qtys, ...askedQtys])
  const contractSize = isAmount(contract_size) ? exact(contract_size) : one
  // Facts (books, orders, fills) may lie off the grid; then ours is finer and loses nothing.
  const tickSize = gridFor(tick, prices)
  const lotSize = gridFor(lot, qtys)
  // One decimal more than the product, so that a value at half a tick is exact.
  const value = tickSize.scale + lotSize.scale + contractSize.scale + 1
  const quoteDecimals = Math.max(value, money)
  const qtyDecimals = gridFor(decimal(1n, lotSize.scale), shown).scale
  const instrument: Instrument = {
    symbol: name,
    kind: 'linear',
    tickSize,
    lotSize,
    contractSize,
    quote: 'USDC',
    quoteDecimals,
    qtyDecimals,
  }
  return { name, index, instrument, valid, tick, lot }
}

/** Our boundary takes an amount above 0; the corpus writes amounts as numbers, we as text. */
const isAmount = (value: unknown): value is number => typeof value === 'number' && value > 0

const noFacts = (): Facts => ({
  prices: new Set(),
  qtys: new Set(),
  shown: new Set(),
  askedPrices: new Set(),
  askedQtys: new Set(),
})

function collectFacts(vector: Vector): ReadonlyMap<string, Facts> {
  const all = new Map<string, Facts>()
  const of = (name: string): Facts => {
    const known = all.get(name) ?? noFacts()
    all.set(name, known)
    return known
  }
  for (const step of vector.steps) {
    for (const { event } of entriesOf(step)) {
      if (event.instrument === undefined) continue
      const { prices, qtys, shown } = of(event.instrument)
      for (const [price, qty] of [...(event.bids ?? []), ...(event.asks ?? [])]) {
        prices.add(price)
        shown.add(qty)
      }
      if (event.price !== undefined) prices.add(event.price)
      for (const qty of [event.qty, event.cum_qty, event.position]) {
        if (qty !== undefined) (event.type === 'trade' ? shown : qtys).add(qty)
      }
    }
    for (const { instrument, price, qty } of step.intents ?? []) {
      const { askedPrices, askedQtys } = of(instrument)
      if (price !== undefined) askedPrices.add(price)
      if (qty !== undefined) askedQtys.add(qty)
    }
  }
  return all
}

/** Decimals that take every balance of the vector. */
function moneyDecimals(vector: Vector): number {
  const balances = vector.steps.flatMap((step) =>
    entriesOf(step).map(({ event }) => event.balance ?? 0),
  )
  return gridFor(decimal(1n, 0), balances).scale
}

export const priceOf = ({ instrument }: Listed, ticks: number): number =>
  ticks * toFloat(instrument.tickSize)
export const qtyOf = ({ instrument }: Listed, lots: number): number =>
  lots * toFloat(instrument.lotSize)

/** A fact as a count of our grid, which was chosen so that it fits. */
export const ticksOf = ({ instrument }: Listed, price: number): number =>
  count(price, instrument.tickSize).floor
export const lotsOf = ({ instrument }: Listed, qty: number): number =>
  count(qty, instrument.lotSize).floor
export const unitsOf = ({ instrument }: Listed, qty: number): number =>
  count(qty, decimal(1n, instrument.qtyDecimals)).floor

/**
 * An Intent speaks in ticks and lots, so one that is off the vector's grid is normalised before it
 * reaches Risk, as Risk of the reference does for itself: a buy down, a sell up, a quantity down.
 */
export function intentTicks(listed: Listed, price: number, side: 1 | -1): number {
  const { floor, ceil } = count(price, listed.tick)
  return ticksOf(listed, (side === 1 ? floor : ceil) * toFloat(listed.tick))
}
export const intentLots = (listed: Listed, qty: number): number =>
  lotsOf(listed, count(qty, listed.lot).floor * toFloat(listed.lot))
