/** How far a run of Market Events goes: by time, by number, by row; the same for a recorded book. */
import { BUY, RecordedBook, recordBook, rowAfter, stretchOf, WindowBook } from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { viewOf } from '../kit/market.ts'

const timesOf = fc
  .array(fc.constantFrom(0, 0, 1, 2, 5), { minLength: 1, maxLength: 60 })
  .map((gaps) => gaps.map((_, i) => gaps.slice(0, i + 1).reduce((sum, gap) => sum + gap, 10)))

/** Event by Event, row by row. */
function naively(times: readonly number[], from: number, end: number, until: number, most: number) {
  let [to, count] = [from, 0]
  for (let row = from; row < end; row++) {
    const begins = row === from || times[row] !== times[row - 1]
    if (times[row]! > until || (begins && count === most)) break
    if (begins) count++
    to = row + 1
  }
  return { to, count }
}

describe('a stretch', () => {
  propertyTest.prop([timesOf, fc.nat(), fc.nat(), fc.nat(90), fc.integer({ min: 1, max: 9 })], {
    numRuns: 300,
  })(
    'holds whole Events up to a time, a row and a number, whatever the book',
    (times, pick, cut, until, most) => {
      const view = viewOf(times.map(() => ({ side: BUY, price: 1_000, qty: 1 })))
      view.time.set(times)
      const starts = times.flatMap((time, row) =>
        row === 0 || time !== times[row - 1] ? [row] : [],
      )
      const from = starts[pick % starts.length]!
      const end = from + (cut % (times.length - from + 1))
      const expected = naively(times, from, end, until, most)
      expect(stretchOf(new WindowBook(), view, from, end, until, most)).toEqual(expected)
      const recorded = new RecordedBook(recordBook(view))
      expect(stretchOf(recorded, view, from, end, until, most)).toEqual(expected)
    },
  )
})

describe('rowAfter', () => {
  propertyTest.prop([timesOf, fc.nat(), fc.nat(), fc.nat(90)], { numRuns: 300 })(
    'is the first row above the limit, or the end',
    (times, pick, cut, limit) => {
      const from = pick % (times.length + 1)
      const end = from + (cut % (times.length - from + 1))
      const found = times.findIndex((time, row) => row >= from && row < end && time > limit)
      expect(rowAfter(Float64Array.from(times), from, end, limit)).toBe(found < 0 ? end : found)
    },
  )

  test('looks at few of many', () => {
    let looks = 0
    const values = new Proxy(
      new Float64Array(100_000).map((_, i) => i),
      {
        get(target, name) {
          looks++
          return Reflect.get(target, name) as unknown
        },
      },
    )
    expect(rowAfter(values, 0, 100_000, 77_777)).toBe(77_778)
    expect(looks).toBeLessThan(60)
  })
})
