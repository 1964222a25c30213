import type { InstrumentIndex, Nanos, QtyLots } from './units.ts'

/** The account as the Venue states it: re-anchors position and balance at this position. */
export type AccountUpdated = {
  readonly type: 'account.updated'
  readonly time: Nanos
  readonly exchTime: Nanos
  readonly instrument: InstrumentIndex
  readonly position: QtyLots
  readonly balance: number
}
/**
 * Funding that the Venue paid or took for the position it knew; books cash and no position. Mark
 * price and rate are plain decimals, as the Venue used them.
 */
export type AccountFunded = {
  readonly type: 'account.funded'
  readonly time: Nanos
  readonly exchTime: Nanos
  readonly instrument: InstrumentIndex
  readonly position: QtyLots
  readonly mark: string
  readonly rate: string
  /** Money units: positive was received, negative paid. */
  readonly amount: number
}
