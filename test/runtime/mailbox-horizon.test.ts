import { AssertionFailure } from '@escapement/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Inlet, inletOf } from '../../runtime/inlet.ts'
import { Mailbox } from '../../runtime/mailbox.ts'

/** Horizon: how far the handler of a batch may read before something else is due. */
const horizonWith = (
  others: readonly { due: number; priority: number }[],
  work: (mailbox: Mailbox, other: Inlet) => void = () => undefined,
  until?: number,
): number => {
  const mailbox = new Mailbox()
  const other = inletOf('other', 'in', 2, () => undefined)
  let seen = Number.NaN
  const batch = inletOf('batch', 'in', 2, () => {
    work(mailbox, other)
    seen = mailbox.horizon
  })
  mailbox.post(batch, null, 10)
  for (const { due, priority } of others) mailbox.post(other, null, due, priority)
  mailbox.run(until)
  return seen
}

test('the horizon is infinite when nothing else is outstanding, and never beyond `until`', () => {
  expect(horizonWith([])).toBe(Number.POSITIVE_INFINITY)
  expect(horizonWith([], undefined, 50)).toBe(50)
  expect(horizonWith([{ due: 40, priority: 2 }], undefined, 50)).toBe(40)
  expect(horizonWith([{ due: 60, priority: 2 }], undefined, 50)).toBe(50)
})

test('rows at the time of the next message are within when the batch precedes it there', () => {
  expect(horizonWith([{ due: 40, priority: 2 }])).toBe(40)
  expect(horizonWith([{ due: 40, priority: 3 }])).toBe(40)
  expect(horizonWith([{ due: 40, priority: 1 }])).toBe(39)
})

test('the horizon falls at once when the handler posts, and rises when it cancels', () => {
  const post = (due: number, priority: number) => (mailbox: Mailbox, other: Inlet) =>
    void mailbox.post(other, null, due, priority)
  expect(horizonWith([], post(10, 2))).toBe(10)
  expect(horizonWith([], post(10, 1))).toBe(9)
  expect(horizonWith([{ due: 40, priority: 2 }], post(30, 1))).toBe(29)
  expect(horizonWith([{ due: 40, priority: 2 }], post(50, 1))).toBe(40)
  const postAndCancel = (mailbox: Mailbox, other: Inlet): void => {
    const handle = mailbox.post(other, null, 10, 1)
    expect(mailbox.horizon).toBe(9)
    mailbox.cancel(handle)
  }
  expect(horizonWith([{ due: 40, priority: 2 }], postAndCancel)).toBe(40)
})

test('advancing goes forward, within the horizon, and only with a message in hand', () => {
  const to = (...times: number[]) =>
    horizonWith([{ due: 40, priority: 1 }], (mailbox) => {
      for (const time of times) mailbox.advance(time)
      expect(mailbox.now).toBe(times.at(-1))
    })
  expect(to(10, 20, 39)).toBe(39)
  for (const times of [[40], [20, 19], [9]]) expect(() => to(...times)).toThrow('cannot advance')
  expect(() => new Mailbox().advance(1)).toThrow(AssertionFailure)
})

/**
 * A world of several batches whose rows cause messages, which cause messages. It runs twice: with
 * one message for each row, and with batches that read up to the horizon.
 */
type Row = { time: number; latency: number; priority: number; quiet: boolean }
type World = { rows: Row[]; priority: number }[]

const world: fc.Arbitrary<World> = fc.array(
  fc.record({
    priority: fc.nat(3),
    rows: fc
      .array(
        fc.record({
          time: fc.nat(30),
          latency: fc.nat(4),
          priority: fc.nat(4),
          quiet: fc.boolean(),
        }),
        { maxLength: 12 },
      )
      .map((rows) => rows.sort((a, b) => a.time - b.time)),
  }),
  { maxLength: 5 },
)

class Trace {
  readonly mailbox = new Mailbox()
  readonly log: string[] = []
  #echoes = 0
  readonly #echo = inletOf('echo', 'in', 2, (message) => {
    const { id, again } = message as { id: string; again: number }
    this.log.push(`${this.mailbox.now} ${id}`)
    if (again > 0) this.#post(`${id}'`, again - 1, again % 2, again)
  })

  /** What a row does when it is read; it must be at the row's time. */
  read(name: string, row: Row): void {
    this.log.push(`${this.mailbox.now} ${name}`)
    if (!row.quiet) this.#post(`e${this.#echoes++}`, 2, row.latency, row.priority)
  }

  #post(id: string, again: number, latency: number, priority: number): void {
    this.mailbox.post(this.#echo, { id, again }, this.mailbox.now + latency, priority)
  }
}

const rowByRow = (batches: World, runs: readonly number[]): string[] => {
  const trace = new Trace()
  for (const [b, { rows, priority }] of batches.entries()) {
    const reader = inletOf(`batch ${b}`, 'in', priority, (row) => trace.read(`b${b}`, row as Row))
    for (const row of rows) trace.mailbox.post(reader, row, row.time)
  }
  for (const until of runs) trace.mailbox.run(until)
  return trace.log
}

const inBatches = (batches: World, runs: readonly number[]): string[] => {
  const trace = new Trace()
  const { mailbox } = trace
  for (const [b, { rows, priority }] of batches.entries()) {
    let next = 0
    const reader = inletOf(`batch ${b}`, 'in', priority, () => {
      while (next < rows.length && rows[next]!.time <= mailbox.horizon) {
        mailbox.advance(rows[next]!.time)
        trace.read(`b${b}`, rows[next++]!)
      }
      return rows[next]?.time
    })
    if (rows.length > 0) mailbox.post(reader, null, rows[0]!.time)
  }
  for (const until of runs) mailbox.run(until)
  return trace.log
}

test('batches read up to the horizon give the total order of one message for each row', () => {
  fc.assert(
    fc.property(world, fc.nat(40), (batches, pause) => {
      const runs = [pause, Number.POSITIVE_INFINITY]
      expect(inBatches(batches, runs)).toEqual(rowByRow(batches, runs))
    }),
    { numRuns: 1_000 },
  )
})

test('a batch with nothing in its way is read with one delivery', () => {
  const mailbox = new Mailbox()
  const times = Array.from({ length: 1_000 }, (_, i) => i)
  let next = 0
  mailbox.post(
    inletOf('batch', 'in', 2, () => {
      while (next < times.length && times[next]! <= mailbox.horizon) next++
      return times[next]
    }),
    null,
  )
  expect([mailbox.run(), next]).toEqual([1, 1_000])
})
