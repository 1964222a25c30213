/**
 * Order correction. Random times, with many ties: whatever they are, both views are in order and
 * complete, and a sequence that is already in order is left as it is.
 */
import { RowFlag } from '@escapement/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { correctOrder } from '../../adapters/market-data/order-correction.ts'

const { EXCHANGE, LOCAL } = RowFlag
const arbitraryItems = fc.array(
  fc.record({
    exch: fc.nat({ max: 12 }),
    local: fc.nat({ max: 12 }),
    localOnly: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.constant(1) },
    ),
  }),
  { maxLength: 30 },
)

test('each view holds each item once, in order of its time, ties in order of arrival', () => {
  fc.assert(
    fc.property(arbitraryItems, (items) => {
      const { exch, local, localOnly } = columns(items)
      const order = correctOrder(exch, local, localOnly)
      const all = items.map((_, index) => index)
      const sorted = (time: Float64Array) => (a: number, b: number) => time[a]! - time[b]! || a - b
      expect(view(order, EXCHANGE)).toEqual(
        all.filter((i) => localOnly[i] === 0).sort(sorted(exch)),
      )
      expect(view(order, LOCAL)).toEqual(all.sort(sorted(local)))
      expect(order.flags.every((flag) => flag >= EXCHANGE && flag <= (EXCHANGE | LOCAL))).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

test('items that are in order for both sides are neither moved nor doubled', () => {
  fc.assert(
    fc.property(arbitraryItems, (items) => {
      const { exch, local } = columns(items)
      const order = correctOrder(exch.sort(), local.sort())
      expect([...order.item]).toEqual(items.map((_, index) => index))
      expect(order.flags.every((flag) => flag === (EXCHANGE | LOCAL))).toBe(true)
    }),
  )
})

test('only the item that was overtaken appears twice', () => {
  const order = correctOrder(Float64Array.of(1, 5, 3, 6), Float64Array.of(10, 11, 12, 13))
  expect([...order.item]).toEqual([0, 2, 1, 2, 3])
  expect([...order.flags]).toEqual([3, EXCHANGE, 3, LOCAL, 3])
})

function columns(items: readonly { exch: number; local: number; localOnly: number }[]) {
  return {
    exch: Float64Array.from(items, ({ exch }) => exch),
    local: Float64Array.from(items, ({ local }) => local),
    localOnly: Uint8Array.from(items, ({ localOnly }) => localOnly),
  }
}

function view(order: { item: Uint32Array; flags: Uint8Array }, flag: number): number[] {
  return [...order.item].filter((_, place) => (order.flags[place]! & flag) !== 0)
}
