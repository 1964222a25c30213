/** The kill switch and the two loss limits: they deny NEW and REPLACE, and let every CANCEL pass. */
import { type Allowed, type Intent, parseDecimal, type RiskLimits } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { admit } from '../../core/execution-control/admission.ts'
import { WorkDraft } from '../../core/execution-control/work-draft.ts'
import { closed, Desk, denied, left } from '../kit/core-desk.ts'
import { cancel, newOrder, replace } from '../kit/core-puppet.ts'

const d = parseDecimal
const SECOND = 1_000_000_000
const disabled = { type: 'control.tradingDisabled', time: 0, reason: 'operator' } as const
const enabled = { type: 'control.tradingEnabled', time: 0, reason: 'operator' } as const

/** Long 10 lots at 1000; the mid is 1000, so equity is 0. Every tick down loses 0.001. */
function long(risk: RiskLimits): Desk {
  const desk = new Desk({ risk }).start()
  desk.quote(999, 1001)
  desk.working(newOrder(1, 1, 1000, 10))
  desk.working(newOrder(2, 1, 500, 1))
  desk.fill(1, 10, { liquidity: 'taker' })
  return desk
}
const midAt = (desk: Desk, time: number, mid: number) => desk.at(time).quote(mid - 1, mid + 1)
const tryBoth = (desk: Desk, counter: number) =>
  desk.say(newOrder(counter, 1, 900, 1), replace(2, 400 + counter, 1))

describe('the kill switch', () => {
  test('denies NEW and REPLACE, lets CANCEL pass, and can be pulled back', () => {
    const desk = long({})
    desk.step(disabled)
    expect(denied(tryBoth(desk, 3))).toEqual(['TRADING_DISABLED', 'TRADING_DISABLED'])
    expect(left(desk.say(cancel(2)))).toEqual(['cancel 2'])
    desk.step(enabled)
    expect(denied(desk.say(newOrder(4, 1, 900, 1)))).toEqual([])
  })

  test('closes NEW and REPLACE that wait, and lets a waiting CANCEL leave', () => {
    const desk = new Desk({ rateLimits: { orders: d('0'), cancels: d('0') } }).start()
    desk.step({ ...newOrder(9, 1, 100, 1), type: 'order.submitted', time: 0 })
    desk.accept(9)
    desk.step({ ...newOrder(8, 1, 100, 1), type: 'order.submitted', time: 0 })
    desk.accept(8)
    desk.say(newOrder(11, 1, 100, 1), newOrder(12, 1, 100, 1), replace(12, 101, 1))
    desk.say(cancel(9), replace(8, 99, 1))
    expect(closed(desk.step(disabled))).toEqual([
      'new 11 tradingDisabled',
      'replace 12 tradingDisabled',
      'replace 8 tradingDisabled',
    ])
    expect([...desk.state.execution.work.queue.values()].map(({ kind }) => kind)).toEqual([
      'cancel',
    ])
    const free = { type: 'control.configurationChanged', time: 0, version: '2' } as const
    expect(left(desk.step({ ...free, changes: { rateLimits: {} } }))).toEqual(['cancel 9'])
  })

  test('may be off from the start, by Configuration', () => {
    const desk = new Desk({ control: { tradingEnabled: false } }).start()
    expect(denied(desk.say(newOrder(1, 1, 100, 1)))).toEqual(['TRADING_DISABLED'])
    desk.step(enabled)
    expect(left(desk.say(newOrder(1, 1, 100, 1)))).toEqual(['new 1'])
  })
})

describe('the drawdown', () => {
  test('denies when the loss reaches the limit, and not one tick before', () => {
    const desk = long({ maxDrawdown: d('0.01') })
    midAt(desk, 1, 991)
    expect(denied(tryBoth(desk, 3))).toEqual([])
    midAt(desk, 2, 990)
    expect(denied(tryBoth(desk, 4))).toEqual(['MAX_LOSS_DRAWDOWN', 'MAX_LOSS_DRAWDOWN'])
    expect(left(desk.say(cancel(3)))).toEqual([])
    expect(desk.pending(3)?.kind).toBe('cancel')
    midAt(desk, 3, 991)
    expect(denied(desk.say(newOrder(5, 1, 900, 1)))).toEqual([])
  })

  test('counts fees, and against the first known equity however high it was since', () => {
    const desk = long({ maxDrawdown: d('0.01') })
    midAt(desk, 1, 2000)
    midAt(desk, 2, 1000)
    expect(denied(desk.say(newOrder(3, 1, 900, 1)))).toEqual([])
    desk.fill(2, 1, { lastPrice: 1000, fee: 1_000_000 })
    expect(denied(desk.say(newOrder(4, 1, 900, 1)))).toEqual(['MAX_LOSS_DRAWDOWN'])
  })
})

describe('the rolling loss', () => {
  const rolling = { maxRollingLoss: { amount: d('0.01'), windowNs: 256 * SECOND } }

  test('is measured against the start of its window, and forgets what lies before', () => {
    const desk = long(rolling)
    midAt(desk, 10 * SECOND, 991)
    expect(denied(desk.say(newOrder(3, 1, 900, 1)))).toEqual([])
    midAt(desk, 11 * SECOND, 990)
    expect(denied(desk.say(newOrder(4, 1, 900, 1)))).toEqual(['MAX_LOSS_ROLLING'])
    midAt(desk, 265 * SECOND, 990)
    expect(denied(desk.say(newOrder(4, 1, 900, 1)))).toEqual(['MAX_LOSS_ROLLING'])
    midAt(desk, 266 * SECOND, 990)
    expect(denied(desk.say(newOrder(4, 1, 900, 1)))).toEqual([])
  })

  test('starts at the sample that lies exactly at its start', () => {
    const desk = long(rolling)
    midAt(desk, 10 * SECOND, 991)
    midAt(desk, 265.5 * SECOND, 990)
    expect(denied(desk.say(newOrder(3, 1, 900, 1)))).toEqual(['MAX_LOSS_ROLLING'])
    midAt(desk, 266 * SECOND - 1, 990)
    expect(denied(desk.say(newOrder(3, 1, 900, 1)))).toEqual(['MAX_LOSS_ROLLING'])
    midAt(desk, 266 * SECOND, 990)
    expect(denied(desk.say(newOrder(3, 1, 900, 1)))).toEqual([])
  })

  test('sees a drop at the edge: the sample at or before the start stays', () => {
    const desk = long(rolling)
    midAt(desk, 100 * SECOND, 1000)
    midAt(desk, 355 * SECOND, 990)
    expect(denied(desk.say(newOrder(3, 1, 900, 1)))).toEqual(['MAX_LOSS_ROLLING'])
    midAt(desk, 356 * SECOND, 990)
    expect(denied(desk.say(newOrder(3, 1, 900, 1)))).toEqual(['MAX_LOSS_ROLLING'])
    midAt(desk, 611 * SECOND, 990)
    expect(denied(desk.say(newOrder(3, 1, 900, 1)))).toEqual([])
  })

  test('does not depend on whether anybody asked', () => {
    const asked = long(rolling)
    const quiet = long(rolling)
    for (let second = 1; second <= 600; second += 7) {
      for (const desk of [asked, quiet])
        midAt(desk, second * SECOND, 1000 - Math.floor(second / 100))
      asked.core.view.equity()
    }
    expect(asked.state.digest()).toBe(quiet.state.digest())
    expect(denied(asked.say(newOrder(3, 1, 900, 1)))).toEqual([])
    for (const desk of [asked, quiet]) midAt(desk, 601 * SECOND, 980)
    expect(denied(quiet.say(newOrder(4, 1, 900, 1)))).toEqual(['MAX_LOSS_ROLLING'])
  })

  test('keeps a bounded number of samples in a long session', () => {
    const desk = long(rolling)
    const sizeAfter = (until: number) => {
      for (let t = desk.now / SECOND; t < until; t += 0.25) midAt(desk, t * SECOND, 1000)
      return desk.state.serialise().length
    }
    const once = sizeAfter(600)
    expect(sizeAfter(1200)).toBeLessThanOrEqual(once + 64)
  })
})

test('the queue takes only what Risk has allowed: anything else does not compile', () => {
  const { state } = new Desk().start()
  const intent: Intent = newOrder(1, 1, 100, 1)
  // @ts-expect-error an Intent is not an allowed Intent
  admit(new WorkDraft(state), [intent])
  // @ts-expect-error nor is one that merely says so
  const forged: Allowed = { ...intent, allowed: true }
  expect(forged.key).toBe(intent.key)
})
