import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type HeapHandle, MessageHeap, rankOf, sequenceOf } from '../../runtime/message-heap.ts'

/** The heap against an array that is sorted whenever it is read. */
type Row = { due: number; rank: number; name: string; handle: HeapHandle }

class SortedArray {
  readonly rows: Row[] = []
  add(row: Row): void {
    this.rows.push(row)
    this.rows.sort((a, b) => a.due - b.due || a.rank - b.rank)
  }
  remove(handle: HeapHandle): boolean {
    const at = this.rows.findIndex((row) => row.handle === handle)
    if (at >= 0) this.rows.splice(at, 1)
    return at >= 0
  }
}

const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('push'), due: fc.nat(12), of: fc.nat(6) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take'), due: fc.nat(12), of: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again'), due: fc.nat(12), of: fc.nat(6) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove'), due: fc.nat(), of: fc.nat() }) },
)

test('any mix of push, take, put back and remove gives the order of a sorted array', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const heap = new MessageHeap<string>()
      const naive = new SortedArray()
      const handles: HeapHandle[] = []
      let sequence = 0
      for (const { do: what, due, of } of operations) {
        if (what === 'push') {
          const rank = rankOf(of, sequence++)
          const slot = heap.push(due, rank, 'target', `message ${rank}`)
          handles.push(heap.handle(slot))
          naive.add({ due, rank, name: `message ${rank}`, handle: heap.handle(slot) })
        } else if (what === 'remove') {
          const handle = handles[of % (handles.length || 1)] ?? 0
          expect(heap.remove(handle)).toBe(naive.remove(handle))
        } else if (naive.rows.length > 0) {
          const expected = naive.rows.shift()!
          const slot = heap.take()
          expect(heap.message(slot)).toBe(expected.name)
          expect(heap.nextDue()).toBe(naive.rows[0]?.due ?? Number.POSITIVE_INFINITY)
          expect(heap.nextRank()).toBe(naive.rows[0]?.rank ?? Number.POSITIVE_INFINITY)
          if (what === 'again') {
            heap.put(slot, due, expected.rank)
            naive.add({ ...expected, due })
          } else {
            heap.release(slot)
          }
        }
        expect(heap.size).toBe(naive.rows.length)
        expect(heap.nextDue()).toBe(naive.rows[0]?.due ?? Number.POSITIVE_INFINITY)
      }
    }),
    { numRuns: 500 },
  )
})

test('equal times leave in the order of priority, then of sequence', () => {
  const heap = new MessageHeap<null>()
  for (const [index, priority] of [2, 0, 2, 0, 1].entries()) {
    heap.push(7, rankOf(priority, index), null, index)
  }
  const taken: unknown[] = []
  while (heap.size > 0) {
    const slot = heap.take()
    taken.push(heap.message(slot))
    heap.release(slot)
  }
  expect(taken).toEqual([1, 3, 4, 0, 2])
})

test('priority and sequence share one number without loss up to the largest of both', () => {
  const last = 2 ** 48 - 1
  expect(sequenceOf(rankOf(31, last))).toBe(last)
  expect(rankOf(31, last)).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER)
  expect(rankOf(3, last)).toBeLessThan(rankOf(4, 0))
})

test('the handle of a delivered message does not cancel the message that uses its slot now', () => {
  const heap = new MessageHeap<null>()
  const old = heap.handle(heap.push(1, rankOf(0, 0), null, 'old'))
  heap.release(heap.take())
  const young = heap.handle(heap.push(1, rankOf(0, 1), null, 'young'))
  expect(young % 2 ** 20).toBe(old % 2 ** 20)
  expect(heap.remove(old)).toBe(false)
  expect(heap.remove(young)).toBe(true)
})

test('a million of messages set and cancelled take the memory of those outstanding', () => {
  const heap = new MessageHeap<null>()
  let largest = 0
  for (let i = 0; i < 1_000_000; i++) {
    const slot = heap.push(i + 1_000, rankOf(0, i), null, null)
    largest = Math.max(largest, slot)
    heap.remove(heap.handle(slot))
  }
  expect(largest).toBe(0)
})
