import { AssertionFailure, type CodedError } from '@escapement/core'
import { Subject } from 'rxjs'
import { expect, test } from 'vitest'
import { HandlerFailed } from '../../runtime/handler-failed.ts'
import { type Inlet, inletOf } from '../../runtime/inlet.ts'
import { Mailbox } from '../../runtime/mailbox.ts'

/** Mailbox: order, completion, refusal. Each test posts to inlets that write what they got. */
const inlet = (name: string, handle: Inlet['handle'], priority = 2): Inlet =>
  inletOf(name, 'in', priority, handle)

const thrownBy = (work: () => unknown): unknown => {
  try {
    work()
  } catch (thrown) {
    return thrown
  }
  return undefined
}

test('a Subject delivers an answer depth first, the mailbox after what was said before', () => {
  const direct: string[] = []
  const subject = new Subject<number>()
  subject.subscribe((n) => {
    direct.push(`A${n}`)
    if (n === 1) subject.next(2)
  })
  subject.subscribe((n) => direct.push(`B${n}`))
  subject.next(1)
  expect(direct).toEqual(['A1', 'A2', 'B2', 'B1'])

  const mailbox = new Mailbox()
  const log: string[] = []
  const toAll = (n: number): void => {
    for (const reader of [a, b]) mailbox.post(reader, n)
  }
  const a = inlet('A', (n) => {
    log.push(`A${n}`)
    if (n === 1) toAll(2)
  })
  const b = inlet('B', (n) => void log.push(`B${n}`))
  toAll(1)
  mailbox.run()
  expect(log).toEqual(['A1', 'B1', 'A2', 'B2'])
})

test('messages leave by time, at equal times by priority, at equal priorities as posted', () => {
  const mailbox = new Mailbox()
  const log: unknown[] = []
  const late = inlet('late', (m) => void log.push([mailbox.now, m]), 5)
  const early = inlet('early', (m) => void log.push([mailbox.now, m]), 1)
  mailbox.post(late, 'a', 10)
  mailbox.post(late, 'b', 10)
  mailbox.post(early, 'c', 10)
  mailbox.post(late, 'd', 10, 0)
  mailbox.post(late, 'e', 9)
  mailbox.run()
  expect(log).toEqual([
    [9, 'e'],
    [10, 'd'],
    [10, 'c'],
    [10, 'a'],
    [10, 'b'],
  ])
})

test('a message due now waits until the handler that posted it has returned', () => {
  const mailbox = new Mailbox()
  const log: string[] = []
  const second = inlet('second', () => void log.push('second'), 0)
  const first = inlet('first', () => {
    mailbox.post(second, null)
    log.push('first returns')
  })
  mailbox.post(first, null)
  mailbox.run()
  expect(log).toEqual(['first returns', 'second'])
})

test('running the mailbox from a handler is refused', () => {
  for (const enter of ['run', 'step'] as const) {
    const mailbox = new Mailbox()
    mailbox.post(
      inlet('eager', () => void mailbox[enter]()),
      null,
    )
    const failure = thrownBy(() => mailbox.run()) as HandlerFailed
    expect(failure.cause).toBeInstanceOf(AssertionFailure)
    expect(failure.message).toContain('the mailbox is running')
  }
})

test('a time in the past, a fraction or beyond the range is refused, as is a wrong priority', () => {
  const mailbox = new Mailbox()
  const somewhere = inlet('somewhere', () => undefined)
  mailbox.run(100)
  for (const due of [99, 100.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(() => mailbox.post(somewhere, null, due)).toThrow(AssertionFailure)
  }
  expect(() => mailbox.run(99)).toThrow('cannot run to 99 ns; it is 100 ns')
  expect(() => mailbox.run(100.5)).toThrow('cannot run to 100.5 ns')
  for (const priority of [-1, 32, 1.5, Number.NaN]) {
    expect(() => mailbox.post(somewhere, null, 100, priority)).toThrow(AssertionFailure)
  }
  mailbox.post(somewhere, null, 100)
  expect(mailbox.run()).toBe(1)
})

test('run stops after what is due at `until`, and now is `until`', () => {
  const mailbox = new Mailbox()
  const times: number[] = []
  const clock = inlet('clock', () => void times.push(mailbox.now))
  for (const due of [5, 10, 11]) mailbox.schedule(due, clock, null)
  expect(mailbox.run(10)).toBe(2)
  expect([mailbox.now, mailbox.nextDue, mailbox.outstanding]).toEqual([10, 11, 1])
  expect(mailbox.step()).toBe(true)
  expect(mailbox.step()).toBe(false)
  expect([times, mailbox.now]).toEqual([[5, 10, 11], 11])
})

test('a cancelled message is not delivered, and cancelling twice says so', () => {
  const mailbox = new Mailbox()
  const log: unknown[] = []
  const reader = inlet('reader', (m) => void log.push(m))
  mailbox.schedule(5, reader, 'kept')
  const handle = mailbox.schedule(4, reader, 'dropped')
  expect([mailbox.cancel(handle), mailbox.cancel(handle)]).toEqual([true, false])
  mailbox.run()
  expect([log, mailbox.cancel(handle)]).toEqual([['kept'], false])
})

test('a handler may cancel what is due after it, and not the message it has in hand', () => {
  const mailbox = new Mailbox()
  const answers: boolean[] = []
  const reader = inlet('reader', () => {
    answers.push(mailbox.cancel(own), mailbox.cancel(other))
  })
  const own = mailbox.post(reader, null)
  const other = mailbox.post(reader, null)
  expect([mailbox.run(), answers]).toEqual([1, [false, true]])
})

test('a handler that throws stops the run at a named position, for good', () => {
  const mailbox = new Mailbox()
  const log: unknown[] = []
  const cause = new Error('no such order')
  const book = inlet('book', (m) => {
    if (m === 'bad') throw cause
    log.push(m)
  })
  for (const message of ['good', 'bad', 'never']) mailbox.post(book, message, 7)
  const failure = thrownBy(() => mailbox.run()) as HandlerFailed
  expect(failure).toBeInstanceOf(HandlerFailed)
  expect(failure.code).toBe('ESC_HANDLER_FAILED')
  expect(failure.cause).toBe(cause)
  expect(failure.position).toEqual({ actor: 'book', port: 'in', time: 7, sequence: 1 })
  for (const part of ['book.in', 'message 1', '7 ns', 'no such order']) {
    expect(failure.message).toContain(part)
  }
  for (const again of [() => mailbox.run(), () => mailbox.step(), () => mailbox.post(book, 1, 9)]) {
    expect(thrownBy(again)).toBe(failure)
  }
  expect(log).toEqual(['good'])
})

test('a promise from a handler is refused by name, and its rejection is not a second failure', () => {
  const mailbox = new Mailbox()
  const slow = inlet('slow', () => Promise.reject(new Error('later')))
  mailbox.post(slow, null)
  const failure = thrownBy(() => mailbox.run()) as HandlerFailed
  expect(failure.position.actor).toBe('slow')
  expect(failure.message).toContain('a handler returned a promise')
  expect(failure.cause).toBeInstanceOf(AssertionFailure)
})

test('an answer that is neither nothing nor a time from now on is refused', () => {
  for (const answer of ['soon', null, true, 4, 5.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    const mailbox = new Mailbox()
    mailbox.post(
      inlet('odd', () => answer),
      null,
      5,
    )
    expect(() => mailbox.run()).toThrow('ESC_HANDLER_FAILED')
  }
})

test('a message asked for again keeps its place among equal times', () => {
  const mailbox = new Mailbox()
  const log: string[] = []
  const rows = (name: string, times: number[]): Inlet => {
    let row = 0
    return inlet(name, () => {
      log.push(`${name}${mailbox.now}`)
      return times[++row]
    })
  }
  mailbox.post(rows('a', [1, 2, 5]), null, 1)
  mailbox.post(rows('b', [1, 2, 4, 5]), null, 1)
  mailbox.post(rows('c', [2, 5]), null, 2)
  mailbox.run()
  expect(log).toEqual(['a1', 'b1', 'a2', 'b2', 'c2', 'b4', 'a5', 'b5', 'c5'])
})

test('two handlers that answer each other at one time reach the limit of an instant', () => {
  const mailbox = new Mailbox({ messagesPerInstant: 100 })
  const ping: Inlet = inlet('ping', () => void mailbox.post(pong, null))
  const pong: Inlet = inlet('pong', () => void mailbox.post(ping, null))
  mailbox.post(ping, null, 3)
  const failure = thrownBy(() => mailbox.run()) as CodedError
  expect(failure.code).toBe('ESC_LIMIT_REACHED')
  expect(failure.facts).toMatchObject({
    field: 'messagesPerInstant',
    found: 'message 101 at 3 ns, for ping.in',
    needed: 'at most 100',
  })
  expect(mailbox.delivered).toBe(101)
})

test('any number of messages may follow each other when time passes between them', () => {
  const mailbox = new Mailbox({ messagesPerInstant: 2 })
  let left = 1_000
  const tick = inlet('tick', () => (left-- > 0 ? mailbox.now + 1 : undefined))
  mailbox.post(tick, null)
  expect(mailbox.run()).toBe(1_001)
})

test('the limit of outstanding messages stops the run with its own code, caught or not', () => {
  for (const swallow of [false, true]) {
    const mailbox = new Mailbox({ outstanding: 10 })
    const flood: Inlet = inlet('flood', () => {
      try {
        for (;;) mailbox.post(flood, null, mailbox.now + 1)
      } catch (thrown) {
        if (!swallow) throw thrown
      }
    })
    mailbox.post(flood, null)
    const failure = thrownBy(() => mailbox.run()) as CodedError
    expect(failure.code).toBe('ESC_LIMIT_REACHED')
    expect(failure.facts.found).toBe('message 11 at 0 ns, for flood.in')
    expect(mailbox.failure).toBe(failure)
  }
})

test('a limit that the heap cannot hold is refused', () => {
  for (const outstanding of [0, 1.5, 2 ** 20]) {
    expect(() => new Mailbox({ outstanding })).toThrow(AssertionFailure)
  }
  expect(() => new Mailbox({ messagesPerInstant: 0 })).toThrow(AssertionFailure)
})
