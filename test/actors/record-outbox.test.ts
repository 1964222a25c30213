import { describe, expect, test } from 'vitest'
import { RecordOutbox } from '../../actors/record-outbox.ts'
import { about, recordOf } from '../kit/records.ts'

/** The outbox of an adapter: numbers, order, and what a drain leaves. */
const accepted = () => recordOf(0, { kind: 'accepted', ...about(1) })

describe('X2 the outbox of an adapter', () => {
  test('numbers records from 1 and gives them once, in order', () => {
    const outbox = new RecordOutbox('a')
    outbox.push(accepted())
    outbox.push(accepted())
    expect(outbox.drain().map(({ sourceSequence }) => sourceSequence)).toEqual([1, 2])
    outbox.push(accepted())
    expect(outbox.drain().map(({ sourceSequence }) => sourceSequence)).toEqual([3])
    expect(outbox.drain()).toEqual([])
  })

  test('what was drained does not grow with what comes later', () => {
    const outbox = new RecordOutbox('a')
    const before = outbox.drain()
    outbox.push(accepted())
    const first = outbox.drain()
    outbox.push(accepted())
    expect([before.length, first.length]).toEqual([0, 1])
  })

  test('is bounded: records that nobody takes are a reached limit', () => {
    const outbox = new RecordOutbox('a', 2)
    outbox.push(accepted())
    outbox.push(accepted())
    expect(() => outbox.push(accepted())).toThrow('ESC_LIMIT_REACHED')
    expect(() => outbox.push(accepted())).toThrow('a.undrainedMost')
    expect(outbox.drain()).toHaveLength(2)
  })
})
