/**
 * Where hftbacktest 0.9.4 differs from what we hold to be right, one switch each. All false is our
 * default. The numbers are those of the quirk table in README.md; the switches
 * without a number belong to its general rules. The client-side quirks (2-5, 8, 15-18) are no
 * matter of a Venue and are not here.
 */
export type Quirks = {
  /** 1: an execution of exactly what remains leaves a dead order; touching it again aborts. */
  readonly exactFillLeavesDeadOrder: boolean
  /** 6: a replace that loses the queue position keeps the old remainder, whatever it asked for. */
  readonly requeuedReplaceKeepsLeaves: boolean
  /** 7: a replace that keeps the queue position sets the remainder, not the total. */
  readonly inPlaceReplaceSetsLeaves: boolean
  /** 9: every own order gets the whole size of one trade; off, they share it in queue order. */
  readonly eachOrderGetsWholeTrade: boolean
  /** 10: what a taking GTC order finds no displayed size for executes at its limit; off, it rests. */
  readonly remainderExecutesAtLimit: boolean
  /** 11: without partial fills a market order executes at "no price" on an empty side. */
  readonly marketFillsOnEmptySide: boolean
  /** 12: a CLEAR overlooks the level next to its bound when it looks for the new best. */
  readonly clearSkipsOneLevel: boolean
  /** 19: a CLEAR leaves queue estimates alone; off, orders on it stand at the back of what comes. */
  readonly clearKeepsQueue: boolean
  /** 20: a FILL executes what it touches completely, and leaves the displayed size as it was. */
  readonly l3IgnoresSizes: boolean
  /** Levels that a newer quote crossed stay stored and come back into view later. */
  readonly crossedLevelsStay: boolean
  /** What own orders take does not diminish the displayed size. */
  readonly takesConsumeNothing: boolean
  /** A market order with partial fills looks no farther than 100 ticks behind the best. */
  readonly marketStopsAfter100Ticks: boolean
}

export type QuirkPreset = 'none' | 'hftbacktest' | 'partialfixed'

/** Our default: no quirk. */
export const noQuirks: Quirks = quirks(false)

/** The switches of a preset. `partialfixed` is `hftbacktest` with the exact fill repaired. */
export function quirkPreset(name: QuirkPreset): Quirks {
  if (name === 'none') return noQuirks
  const all = quirks(true)
  return name === 'hftbacktest' ? all : { ...all, exactFillLeavesDeadOrder: false }
}

function quirks(on: boolean): Quirks {
  return {
    exactFillLeavesDeadOrder: on,
    requeuedReplaceKeepsLeaves: on,
    inPlaceReplaceSetsLeaves: on,
    eachOrderGetsWholeTrade: on,
    remainderExecutesAtLimit: on,
    marketFillsOnEmptySide: on,
    clearSkipsOneLevel: on,
    clearKeepsQueue: on,
    l3IgnoresSizes: on,
    crossedLevelsStay: on,
    takesConsumeNothing: on,
    marketStopsAfter100Ticks: on,
  }
}
