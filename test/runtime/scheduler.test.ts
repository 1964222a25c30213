import { AssertionFailure, millis } from '@escapement/core'
import fc from 'fast-check'
import {
  debounceTime,
  delay,
  from,
  interval,
  map,
  observeOn,
  type SchedulerAction,
  type SchedulerLike,
  Subject,
  type Subscription,
  take,
  timer,
  VirtualTimeScheduler,
} from 'rxjs'
import { expect, test } from 'vitest'
import type { HandlerFailed } from '../../runtime/handler-failed.ts'
import { inletOf } from '../../runtime/inlet.ts'
import { Mailbox } from '../../runtime/mailbox.ts'
import { VirtualScheduler } from '../../runtime/virtual-scheduler.ts'

/** The RxJS scheduler over a mailbox, against the contract and the RxJS VirtualTimeScheduler. */
const setup = () => {
  const mailbox = new Mailbox()
  const scheduler = new VirtualScheduler(mailbox)
  const log: unknown[] = []
  const note = (value: unknown): void => void log.push([scheduler.now(), value])
  return { mailbox, scheduler, log, note }
}

test('timer, interval, delay, debounceTime and observeOn keep virtual time', () => {
  const { mailbox, scheduler, log, note } = setup()
  timer(5, scheduler).subscribe(() => note('timer'))
  interval(10, scheduler)
    .pipe(take(3))
    .subscribe((n) => note(`interval ${n}`))
  from([1])
    .pipe(delay(7, scheduler))
    .subscribe((n) => note(`delayed ${n}`))
  from([1, 2])
    .pipe(observeOn(scheduler))
    .subscribe((n) => note(`observed ${n}`))
  const keys = new Subject<string>()
  keys.pipe(debounceTime(4, scheduler)).subscribe((key) => note(`debounced ${key}`))
  for (const [at, key] of [
    [1, 'a'],
    [3, 'b'],
    [12, 'c'],
  ] as const) {
    timer(at, scheduler).subscribe(() => keys.next(key))
  }
  mailbox.run()
  expect(log).toEqual([
    [0, 'observed 1'],
    [0, 'observed 2'],
    [5, 'timer'],
    [7, 'delayed 1'],
    [7, 'debounced b'],
    [10, 'interval 0'],
    [16, 'debounced c'],
    [20, 'interval 1'],
    [30, 'interval 2'],
  ])
  expect(mailbox.outstanding).toBe(0)
})

test('an interval without end runs as far as asked', () => {
  const { mailbox, scheduler, log, note } = setup()
  const subscription = interval(1, scheduler).subscribe(note)
  mailbox.run(millis(2))
  expect(log).toEqual([
    [1, 0],
    [2, 1],
  ])
  subscription.unsubscribe()
  expect([mailbox.outstanding, mailbox.run()]).toEqual([0, 0])
})

test('fractions of a millisecond are rounded to nanoseconds', () => {
  const { mailbox, scheduler, log, note } = setup()
  scheduler.schedule(() => note(mailbox.now), 0.0000014)
  scheduler.schedule(() => note(mailbox.now), 0.0000016)
  scheduler.schedule(() => note(mailbox.now), 0.1 + 0.2)
  mailbox.run()
  expect(log).toEqual([
    [0.000001, 1],
    [0.000002, 2],
    [0.3, 300_000],
  ])
})

test('a negative delay is now, an infinite one never, and one that is no number is refused', () => {
  const { mailbox, scheduler, log, note } = setup()
  scheduler.schedule(() => note('now'), -5)
  scheduler.schedule(() => note('never'), Number.POSITIVE_INFINITY)
  mailbox.run()
  expect([log, mailbox.outstanding]).toEqual([[[0, 'now']], 0])
  expect(() => scheduler.schedule(note, Number.NaN)).toThrow(AssertionFailure)
})

test('an action passes its state on when it schedules itself again', () => {
  const { mailbox, scheduler, log, note } = setup()
  scheduler.schedule(
    function (this: SchedulerAction<number>, n = 0) {
      note(n)
      if (n < 3) this.schedule(n + 1, 2)
    },
    1,
    0,
  )
  mailbox.run()
  expect(log).toEqual([
    [1, 0],
    [3, 1],
    [5, 2],
    [7, 3],
  ])
})

test('an action that schedules itself again while pending is moved', () => {
  const { mailbox, scheduler, log, note } = setup()
  const action = scheduler.schedule(() => note('once'), 5) as SchedulerAction<unknown>
  action.schedule(undefined, 9)
  mailbox.run()
  expect(log).toEqual([[9, 'once']])
})

test('unsubscribing takes the action back, also from within itself', () => {
  const { mailbox, scheduler, log, note } = setup()
  const dropped = scheduler.schedule(() => note('dropped'), 5)
  scheduler.schedule(function (this: SchedulerAction<unknown>) {
    note('once')
    this.schedule(undefined, 1)
    this.unsubscribe()
    this.schedule(undefined, 1)
  }, 1)
  dropped.unsubscribe()
  mailbox.run()
  expect([log, mailbox.delivered, dropped.closed]).toEqual([[[1, 'once']], 1, true])
})

test('work that throws stops the mailbox and names the scheduler', () => {
  const { mailbox, scheduler, log, note } = setup()
  scheduler.schedule(() => {
    throw new Error('boom')
  }, 1)
  scheduler.schedule(() => note('after'), 2)
  expect(() => mailbox.run()).toThrow('ESC_HANDLER_FAILED')
  const { position } = mailbox.failure as HandlerFailed
  expect(position).toEqual({ actor: 'scheduler', port: 'action', time: millis(1), sequence: 0 })
  expect(log).toEqual([])
})

test('actions and messages due at one time share one order', () => {
  const { mailbox, scheduler, log, note } = setup()
  const reader = inletOf('reader', 'in', 3, note)
  mailbox.post(reader, 'message 1', millis(1))
  scheduler.schedule(() => note('action 1'), 1)
  mailbox.post(reader, 'message 2', millis(1))
  mailbox.post(reader, 'urgent', millis(1), 0)
  mailbox.run()
  expect(log.map((entry) => (entry as unknown[])[1])).toEqual([
    'urgent',
    'message 1',
    'action 1',
    'message 2',
  ])
})

/** A program: each action, when it runs, schedules others, drops some, or repeats itself. */
type Program = { delay: number; repeat: number; children: number[]; drop: number }[]

const program: fc.Arbitrary<Program> = fc.array(
  fc.record({
    delay: fc.nat(5),
    repeat: fc.nat(3),
    children: fc.array(fc.nat(), { maxLength: 3 }),
    drop: fc.nat(20),
  }),
  { minLength: 1, maxLength: 12 },
)

const logOf = (scheduler: SchedulerLike, flush: () => void, steps: Program): string[] => {
  const log: string[] = []
  const started: Subscription[] = []
  const start = (index: number): void => {
    const { delay: first, repeat, children, drop } = steps[index % steps.length]!
    const name = `${started.length}:${index % steps.length}`
    const action = scheduler.schedule(
      function (this: SchedulerAction<number>, turn = 0) {
        log.push(`${scheduler.now()} ${name} turn ${turn}`)
        for (const child of children) if (started.length < 60) start(child)
        started[drop]?.unsubscribe()
        if (turn < repeat) this.schedule(turn + 1, (first + turn) % 4)
      },
      first,
      0,
    )
    started.push(action)
  }
  for (let index = 0; index < steps.length; index++) start(index)
  flush()
  return log
}

test('any program of actions runs in the order of the RxJS VirtualTimeScheduler', () => {
  fc.assert(
    fc.property(program, (steps) => {
      const mailbox = new Mailbox()
      const ours = logOf(new VirtualScheduler(mailbox), () => mailbox.run(), steps)
      const peer = new VirtualTimeScheduler()
      const theirs = logOf(peer, () => peer.flush(), steps)
      expect(ours).toEqual(theirs)
      expect(ours.length).toBeGreaterThan(0)
    }),
    { numRuns: 500 },
  )
})

test('an operator chain on the scheduler gives the values of the RxJS VirtualTimeScheduler', () => {
  const valuesOf = (scheduler: SchedulerLike, flush: () => void): unknown[] => {
    const log: unknown[] = []
    interval(3, scheduler)
      .pipe(
        take(40),
        delay(5, scheduler),
        map((n) => n * n),
        debounceTime(2, scheduler),
      )
      .subscribe((n) => log.push([scheduler.now(), n]))
    flush()
    return log
  }
  const mailbox = new Mailbox()
  const peer = new VirtualTimeScheduler()
  const ours = valuesOf(new VirtualScheduler(mailbox), () => mailbox.run())
  expect(ours).toEqual(valuesOf(peer, () => peer.flush()))
  expect(ours).toHaveLength(40)
})
