import { Core, type OrderReport, orderChart } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { noQuirks } from '../../../actors/fill-simulator/quirks.ts'
import type { VenueReport } from '../../../actors/ports.ts'
import { read } from '../../house/kit/repository.ts'
import { configuration } from '../../kit/configuration.ts'
import { Desk } from '../../kit/core-desk.ts'
import { newOrder } from '../../kit/core-puppet.ts'
import {
  ask,
  bid,
  buy,
  cancel,
  linear,
  replace,
  sellTrade,
  type VenueProbe,
  venue,
} from './probe.ts'

/**
 * The twenty faults of the reference, row by row: those of its client cannot occur here, because a
 * Core that learns by Events alone stands in its place. Method: the venue plays, the Core listens.
 */

const touch = [bid(1, 99, 10), ask(1, 101, 4), ask(1, 102, 8), ask(1, 103, 3)]
const ioc = { timeInForce: 'IOC' } as const

/** What the client's side knows once every report is in. */
function client(probe: VenueProbe) {
  probe.run()
  const core = new Core(configuration({ instruments: [linear] }), [])
  const step = (event: Parameters<Core['step']>[1]) =>
    core.step(core.state.control.nextPosition, event)
  step({ type: 'control.sessionStarted', time: 0, seed: 1 })
  const anomalies = probe.reports.flatMap((report) => step(report).anomalies)
  expect(anomalies).toEqual([])
  const order = (key: number) => {
    const { status, price, qty, cumQty, leavesQty } = core.state.execution.orders.get(key)!
    return { status: orderChart.states[status], price, qty, cumQty, leavesQty }
  }
  return { core, order, position: core.state.execution.accounts[0]!.position }
}
const about = (probe: VenueProbe, key: number) =>
  probe.reports.filter((report) => report.type !== 'account.updated' && report.key === key)
const isReport = (report: VenueReport): report is Extract<VenueReport, OrderReport> =>
  'exchTime' in report

describe('client side', () => {
  test('2: every execution is applied: four lots in three pieces are a position of four', () => {
    const pieces = [sellTrade(200, 99, 12), sellTrade(210, 99, 1), sellTrade(220, 99, 1)]
    const probe = venue()
      .market([...touch, ...pieces])
      .request(100, buy(1, 4, 99))
    const { order, position } = client(probe)
    expect(position).toBe(4)
    expect(order(1)).toMatchObject({ status: 'filled', cumQty: 4, leavesQty: 0 })
  })

  test('3: each level taken is an execution of its own: twelve bought are twelve', () => {
    const probe = venue()
      .market(touch)
      .request(100, buy(1, 12, 102))
    expect(client(probe).position).toBe(12)
    const fills = probe.reports.filter(({ type }) => type === 'order.filled')
    expect(fills).toMatchObject([
      { lastQty: 4, lastPrice: 101 },
      { lastQty: 8, lastPrice: 102 },
    ])
  })

  test('4: what an IOC or market order bought counts, and then it expires', () => {
    const probe = venue()
      .market(touch)
      .request(100, buy(1, 20, 103, ioc))
      .request(200, buy(2, 20, 0, { orderType: 'market' }))
    const { order, position } = client(probe)
    expect(position).toBe(15)
    expect(order(1)).toMatchObject({ status: 'expired', cumQty: 15 })
    expect(order(2)).toMatchObject({ status: 'expired', cumQty: 0 })
  })

  test('5: a rejected cancel or replace books nothing a second time', () => {
    const probe = venue()
      .market([...touch, sellTrade(200, 99, 12), sellTrade(300, 99, 2)])
      .request(100, buy(1, 4, 99))
      .request(250, replace(1, 1, 99))
      .request(350, cancel(1))
      .request(360, replace(1, 9, 98))
    const { order, position } = client(probe)
    expect(probe.reports.filter(({ type }) => /Rejected/.test(type))).toHaveLength(3)
    expect(position).toBe(4)
    expect(order(1)).toMatchObject({ status: 'filled', cumQty: 4 })
  })

  test('6, 7: a replace says the total, and the client has what the venue has', () => {
    const probe = venue()
      .market([...touch, sellTrade(200, 99, 12)])
      .request(100, buy(1, 4, 99))
      .request(250, replace(1, 3, 99))
      .request(300, replace(1, 9, 98))
    const { order } = client(probe)
    expect(probe.reports.filter(({ type }) => type === 'order.replaced')).toMatchObject([
      { price: 99, qty: 3, leavesQty: 1 },
      { price: 98, qty: 9, leavesQty: 7 },
    ])
    expect(order(1)).toMatchObject({ price: 98, qty: 9, cumQty: 2, leavesQty: 7 })
  })

  test('8: a rejected replace leaves the old price and quantity', () => {
    const probe = venue()
      .market([...touch, sellTrade(200, 99, 12)])
      .request(100, buy(1, 4, 99))
      .request(250, replace(1, 1, 98))
    const { order } = client(probe)
    expect(probe.reports.at(-1)).toMatchObject({ type: 'order.replaceRejected' })
    expect(order(1)).toMatchObject({ price: 99, qty: 4, cumQty: 2, leavesQty: 2 })
  })

  test('15: each report has the times of its own request', () => {
    const probe = venue({ entryNs: 20, responseNs: 10 })
      .market([bid(1, 99, 10)])
      .request(100, buy(1, 4, 99))
      .request(1110, cancel(1))
    client(probe)
    const times = about(probe, 1).map((report) =>
      isReport(report) ? [report.type, report.exchTime, report.time] : [report.type, report.time],
    )
    expect(times).toEqual([
      ['order.submitted', 100],
      ['order.accepted', 120, 130],
      ['intent.dispatched', 1110],
      ['order.canceled', 1130, 1140],
    ])
  })

  test('16: reports that come after the last row are heard at their own time', () => {
    const probe = venue()
      .market([bid(1, 99, 10), sellTrade(120, 99, 12)])
      .request(100, buy(1, 4, 99))
      .request(500, cancel(1))
    const { core, order } = client(probe)
    expect(order(1)).toMatchObject({ status: 'canceled', cumQty: 2 })
    expect(core.state.control.clock).toBe(515)
  })

  test('17: a wake-up without an answer is told from an answer', () => {
    const desk = new Desk().start()
    desk.transmit(desk.say(newOrder(1, 1, 100, 1)))
    desk.wake(50, 'wakeUp')
    expect([desk.status(1), desk.inflight(1)]).toEqual(['submitted', 'new'])
    desk.accept(1)
    expect([desk.status(1), desk.inflight(1)]).toEqual(['accepted', undefined])
  })

  test('18: open orders are listed in the order in which they were sent', () => {
    const sent = [7, 3, 9, 1, 8]
    const probe = venue().market([bid(1, 99, 10)])
    sent.forEach((key, index) => {
      probe.request(100 + index, buy(key, 1, 90 + key))
    })
    const { core } = client(probe)
    expect(core.view.openOrders().map(({ key }) => key)).toEqual(sent)
    expect([...core.state.execution.orders.all()].map(({ key }) => key)).toEqual(sent)
  })
})

describe('the ledger of the README', () => {
  type Row = { readonly number: number; readonly file: string; readonly title: string }
  const rowsOf = (text: string): Row[] =>
    [...text.matchAll(/^\| (\d+) \|.*\| `([\w./-]+)`: (.+) \|$/gm)].map(
      ([, number, file, title]) => ({ number: Number(number), file: file!, title: title! }),
    )
  const rows = rowsOf(read('actors/fill-simulator/README.md'))
  const fault = ({ file, title }: Row, text = read(`test/${file}`)) =>
    text.includes(`'${title}`) ? null : `${file} has no test "${title}"`

  test('has each of the twenty rows once', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  })

  test.each(rows)('$number is shown by $file: $title', (row) => {
    expect(fault(row)).toBeNull()
  })

  test('a row that names no test is found', () => {
    const [wrong] = rowsOf('| 3 | one Event | `core/view.test.ts`: says nothing |')
    expect(fault(wrong!)).toBe('core/view.test.ts has no test "says nothing"')
  })
})

/** Switches whose difference no test of quirks.test.ts shows. */
const untested = (text: string): string[] =>
  Object.keys(noQuirks).filter((name) => !new RegExp(`both\\(\\s*'${name}'`).test(text))

test('every switch has a test of its own', () => {
  const text = read('test/actors/fill-simulator/quirks.test.ts')
  expect(untested(text)).toEqual([])
  const without = text.replaceAll(/both\(\s*'(clearKeepsQueue|crossedLevelsStay)'/g, 'skip(')
  expect(untested(without)).toEqual(['clearKeepsQueue', 'crossedLevelsStay'])
})
