import { millis } from '@escapement/core'
import { expect, test } from 'vitest'
import { createActor, createMachine, SimulatedClock } from 'xstate'
import { Mailbox } from '../../runtime/mailbox.ts'
import { virtualClock } from '../../runtime/virtual-clock.ts'

/** The XState clock over a mailbox, with real machines. */
const chain = createMachine({
  id: 'chain',
  initial: 'a',
  states: {
    a: { after: { 10: 'b' } },
    b: { after: { 10: 'c' } },
    c: { after: { 10: 'd' } },
    d: { type: 'final' },
  },
})

test('a chain of `after`s takes each step at its own time, where SimulatedClock takes one', () => {
  const simulated = new SimulatedClock()
  const jumping = createActor(chain, { clock: simulated }).start()
  simulated.increment(100)
  expect(jumping.getSnapshot().value).toBe('b')

  const mailbox = new Mailbox()
  const log: unknown[] = []
  const actor = createActor(chain, { clock: virtualClock(mailbox) })
  actor.subscribe(({ value }) => log.push([mailbox.now, value]))
  actor.start()
  mailbox.run(millis(100))
  expect(log).toEqual([
    [0, 'a'],
    [millis(10), 'b'],
    [millis(20), 'c'],
    [millis(30), 'd'],
  ])
})

test('leaving a state takes its timer back', () => {
  const machine = createMachine({
    id: 'patience',
    initial: 'waiting',
    states: {
      waiting: { on: { answer: 'served' }, after: { 5: 'gone' } },
      served: {},
      gone: {},
    },
  })
  const mailbox = new Mailbox()
  const actor = createActor(machine, { clock: virtualClock(mailbox) }).start()
  mailbox.run(millis(4))
  actor.send({ type: 'answer' })
  expect(mailbox.outstanding).toBe(0)
  mailbox.run(millis(10))
  expect(actor.getSnapshot().value).toBe('served')
})

test('timers of one time fire as set, an endless one never, and clearing any handle is safe', () => {
  const mailbox = new Mailbox()
  const clock = virtualClock(mailbox)
  const log: string[] = []
  clock.setTimeout(() => log.push('first'), 1)
  const cleared = clock.setTimeout(() => log.push('cleared'), 1)
  clock.setTimeout(() => log.push('second'), 1)
  const never = clock.setTimeout(() => log.push('never'), Number.POSITIVE_INFINITY)
  clock.clearTimeout(cleared)
  clock.clearTimeout(never)
  mailbox.run()
  clock.clearTimeout(cleared)
  expect([log, mailbox.now]).toEqual([['first', 'second'], millis(1)])
})
