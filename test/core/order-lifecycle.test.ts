/**
 * What every report does to an Order in every state, against a table written by hand. A cell says
 * the state afterwards and, after `!`, what is flagged; `~` stands for "stays as it is".
 */
import type { OrderFilled } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { linear } from '../kit/configuration.ts'
import { Desk, flagged } from '../kit/core-desk.ts'
import { newOrder } from '../kit/core-puppet.ts'

const QTY = 10

/** Brings order 1 of 10 lots at 100 into a state. */
const reach: Record<string, (desk: Desk) => void> = {
  unknown: () => {},
  submitted: (desk) => void desk.transmit(desk.say(newOrder(1, 1, 100, QTY))),
  accepted: (desk) => desk.working(newOrder(1, 1, 100, QTY)),
  partiallyFilled(desk) {
    reach.accepted!(desk)
    desk.fill(1, 4)
  },
  filled(desk) {
    reach.accepted!(desk)
    desk.fill(1, QTY)
  },
  canceled(desk) {
    reach.accepted!(desk)
    desk.report(1, { type: 'order.canceled' })
  },
  expired(desk) {
    reach.partiallyFilled!(desk)
    desk.report(1, { type: 'order.expired', reason: 'IOC' })
  },
  rejected(desk) {
    reach.submitted!(desk)
    desk.report(1, { type: 'order.rejected', reason: 'no' })
  },
}

const cum = (desk: Desk) => desk.order(1)?.cumQty ?? 0
const happen: Record<string, (desk: Desk) => unknown> = {
  accepted: (desk) => desk.accept(1),
  rejected: (desk) => desk.report(1, { type: 'order.rejected', reason: '' }),
  canceled: (desk) => desk.report(1, { type: 'order.canceled' }),
  expired: (desk) => desk.report(1, { type: 'order.expired', reason: '' }),
  replaced: (desk) =>
    desk.report(1, { type: 'order.replaced', price: 99, qty: 20, leavesQty: 20 - cum(desk) }),
  shrunk: (desk) => desk.report(1, { type: 'order.replaced', price: 99, qty: 4, leavesQty: 0 }),
  replaceNo: (desk) => desk.report(1, { type: 'order.replaceRejected', reason: '' }),
  cancelNo: (desk) => desk.report(1, { type: 'order.cancelRejected', reason: '' }),
  disposeC: (desk) => desk.report(1, { type: 'order.disposed', outcome: 'canceled', reason: '' }),
  disposeR: (desk) => desk.report(1, { type: 'order.disposed', outcome: 'rejected', reason: '' }),
  part: (desk) => desk.fill(1, 1),
  rest: (desk) => desk.fill(1, QTY - cum(desk)),
  over: (desk) => desk.fill(1, QTY + 1 - cum(desk)),
  again: (desk) => desk.fill(1, 1, { cumQty: 4 }),
  gap: (desk) => desk.fill(1, 1, { cumQty: cum(desk) + 3 }),
}

// I: illegalReport, U: unknownOrder, D: duplicateFill, O: overfill, T: fillOnTerminalOrder
const NAMES = {
  I: 'illegalReport',
  U: 'unknownOrder',
  D: 'duplicateFill',
  O: 'overfill',
  T: 'fillOnTerminalOrder',
} as const
const REPORTS = `
  state           accepted rejected canceled expired replaced        shrunk   replaceNo cancelNo disposeC disposeR
  unknown         ~!U      ~!U      ~!U      ~!U     ~!U             ~!U      ~!U       ~!U      ~!U      ~!U
  submitted       accepted rejected ~!I      ~!I     ~!I             ~!I      ~         ~        canceled rejected
  accepted        ~!I      ~!I      canceled expired ~               ~        ~         ~        canceled ~!I
  partiallyFilled ~!I      ~!I      canceled expired ~               filled   ~         ~        canceled ~!I
  filled          ~!I      ~!I      ~!I      ~!I     ~!I             ~!I      ~         ~        ~!I      ~!I
  canceled        ~!I      ~!I      ~!I      ~!I     ~!I             ~!I      ~         ~        ~!I      ~!I
  expired         ~!I      ~!I      ~!I      ~!I     ~!I             ~!I      ~         ~        ~!I      ~!I
  rejected        ~!I      ~!I      ~!I      ~!I     ~!I             ~!I      ~         ~        ~!I      ~!I`
const FILLS = `
  state           part            rest   over      again gap
  unknown         ~!U             ~!U    ~!U       ~!U   ~!U
  submitted       ~!I             ~!I    ~!OI      ~!II  ~!II
  accepted        partiallyFilled filled filled!O  partiallyFilled!I partiallyFilled!I
  partiallyFilled ~               filled filled!O  ~!D   ~!I
  filled          ~!OT            /      ~!OT      ~!D   ~!IOT
  canceled        ~!T             ~!T    ~!OT      ~!IT  ~!IT
  expired         ~!T             ~!T    ~!OT      ~!D   ~!IT
  rejected        ~!T             ~!T    ~!OT      ~!IT  ~!IT`

describe.each([REPORTS, FILLS])('X3: the lifecycle', (table) => {
  const [head, ...rows] = table.trim().split('\n')
  const columns = head!.trim().split(/\s+/).slice(1)
  test('names every state and report', () => {
    expect(rows.map((row) => row.trim().split(/\s+/)[0])).toEqual(Object.keys(reach))
    for (const column of columns) expect(happen[column]).toBeDefined()
  })
  for (const row of rows) {
    const [state, ...cells] = row.trim().split(/\s+/) as [string, ...string[]]
    const cases = columns.map((column, i) => [column, cells[i]!] as const)
    test.each(cases.filter(([, cell]) => cell !== '/'))(`${state}: %s gives %s`, (column, cell) => {
      const desk = new Desk().start()
      reach[state]!(desk)
      happen[column]!(desk)
      const [to, flags = ''] = cell.split('!') as [string, string?]
      const expected = to === '~' ? (state === 'unknown' ? 'none' : state) : to
      expect(desk.status(1)).toBe(expected)
      const names = [...flags].map((letter) => NAMES[letter as keyof typeof NAMES])
      expect(flagged(desk.results.at(-1)!)).toEqual(names)
    })
  }
})

describe('terminal is final', () => {
  const terminal = ['filled', 'canceled', 'expired', 'rejected']
  test.each(terminal)('%s: no report opens the order or changes its terms', (state) => {
    for (const [name, act] of Object.entries(happen)) {
      const desk = new Desk().start()
      reach[state]!(desk)
      const { price, qty } = desk.order(1)!
      if (name !== 'rest' || state !== 'filled') act(desk)
      expect([name, desk.status(1)]).toEqual([name, state])
      expect(desk.order(1)).toMatchObject({ price, qty })
      expect(desk.state.execution.orders.openCount).toBe(0)
    }
  })

  test.each(terminal)('%s: a late fill moves the position all the same', (state) => {
    const desk = new Desk().start()
    reach[state]!(desk)
    const before = desk.position()
    desk.fill(1, 2)
    expect(desk.position()).toBe(before + 2)
    expect(desk.state.execution.accounts[0]!.cash).toBe(-BigInt(before + 2) * 1_000_000n)
  })
})

describe('fills', () => {
  test('a repeated report is booked once, whatever it says of its last quantity', () => {
    const desk = new Desk().start()
    reach.accepted!(desk)
    desk.fill(1, 4)
    const again = { ...(desk.events.at(-1) as OrderFilled) }
    for (const event of [again, { ...again, lastQty: 2 }, { ...again, cumQty: 3 }]) {
      expect(flagged(desk.step(event))).toEqual(['duplicateFill'])
    }
    expect([desk.position(), desk.order(1)!.leavesQty]).toEqual([4, 6])
    expect(desk.state.execution.accounts[0]!.fills).toBe(1)
  })

  test('an overfill is booked in full and leaves nothing open', () => {
    const desk = new Desk().start()
    reach.accepted!(desk)
    desk.fill(1, 15)
    expect([desk.position(), desk.order(1)!.cumQty, desk.order(1)!.leavesQty]).toEqual([15, 15, 0])
  })

  test.each([
    ['side', { side: -1 }, [-4, 0]],
    ['instrument', { instrument: 1 }, [0, 4]],
    ['side and instrument', { side: -1, instrument: 1 }, [0, -4]],
  ] as const)('of another %s than the order are booked as reported', (_of, parts, positions) => {
    const desk = new Desk({ instruments: [linear, { ...linear, symbol: 'LIN2' }] }).start()
    reach.accepted!(desk)
    expect(flagged(desk.fill(1, 4, parts))).toEqual(['contradictoryFill'])
    expect([desk.position(0), desk.position(1)]).toEqual(positions)
    expect(desk.order(1)).toMatchObject({ instrument: 0, side: 1, cumQty: 4, leavesQty: 6 })
  })

  test('of another side after the end carry both flags, and again only that they are again', () => {
    const desk = new Desk().start()
    reach.canceled!(desk)
    const late = { side: -1 } as const
    expect(flagged(desk.fill(1, 4, late))).toEqual(['contradictoryFill', 'fillOnTerminalOrder'])
    expect(flagged(desk.fill(1, 1, { ...late, cumQty: 4 }))).toEqual(['duplicateFill'])
    expect([desk.position(), desk.status(1)]).toEqual([-4, 'canceled'])
  })

  test('a fill for an unknown order is booked with its own quantity', () => {
    const desk = new Desk().start()
    desk.fill(7, 3, { side: -1, cumQty: 9 })
    expect([desk.position(), desk.status(7)]).toEqual([-3, 'none'])
  })

  test('an execution that overtakes another one is flagged, and nothing is booked twice', () => {
    const desk = new Desk().start()
    reach.accepted!(desk)
    expect(flagged(desk.fill(1, 3, { cumQty: 7 }))).toEqual(['illegalReport'])
    expect(flagged(desk.fill(1, 4, { cumQty: 4 }))).toEqual(['duplicateFill'])
    expect([desk.position(), desk.order(1)!.leavesQty]).toEqual([7, 3])
    expect(flagged(desk.fill(1, 3))).toEqual([])
    expect([desk.position(), desk.status(1)]).toEqual([10, 'filled'])
  })

  test('fills that came before the acknowledgement count when it comes', () => {
    const early = new Desk().start()
    reach.submitted!(early)
    early.fill(1, 4)
    expect(early.status(1)).toBe('submitted')
    early.accept(1)
    expect([early.status(1), early.order(1)!.leavesQty]).toEqual(['partiallyFilled', 6])
    const whole = new Desk().start()
    reach.submitted!(whole)
    whole.fill(1, QTY)
    whole.accept(1)
    expect([whole.status(1), whole.state.execution.orders.openCount]).toEqual(['filled', 0])
  })
})

describe('replacing', () => {
  test('takes price and quantity, and what remains counts the fills', () => {
    const desk = new Desk().start()
    reach.partiallyFilled!(desk)
    happen.replaced!(desk)
    expect(desk.order(1)).toMatchObject({ price: 99, qty: 20, cumQty: 4, leavesQty: 16 })
  })

  test('to less than is filled, when a Venue does so all the same, ends the order as it is', () => {
    const desk = new Desk().start()
    reach.partiallyFilled!(desk)
    desk.report(1, { type: 'order.replaced', price: 99, qty: 3, leavesQty: 0 })
    expect(desk.order(1)).toMatchObject({ qty: 3, cumQty: 4, leavesQty: 0 })
    expect([desk.status(1), desk.position()]).toEqual(['filled', 4])
  })

  test.each(['replaceNo', 'cancelNo'])('%s leaves the terms alone', (refusal) => {
    const desk = new Desk().start()
    reach.partiallyFilled!(desk)
    happen[refusal]!(desk)
    expect(desk.order(1)).toMatchObject({ price: 100, qty: 10, cumQty: 4, leavesQty: 6 })
  })
})

describe('giving up on an order that was never acknowledged', () => {
  test.each([
    ['disposeC', 'canceled'],
    ['disposeR', 'rejected'],
  ])('%s ends it and frees its key', (disposition, status) => {
    const desk = new Desk().start()
    reach.submitted!(desk)
    expect(desk.inflight(1)).toBe('new')
    happen[disposition]!(desk)
    expect([desk.status(1), desk.inflight(1)]).toEqual([status, undefined])
    expect(desk.state.execution.orders.openCount).toBe(0)
  })

  test('what the Venue says of it later is flagged; a fill is booked, and the end stands', () => {
    const desk = new Desk().start()
    reach.submitted!(desk)
    happen.disposeC!(desk)
    expect(flagged(desk.accept(1))).toEqual(['illegalReport'])
    expect(flagged(desk.fill(1, 4))).toEqual(['fillOnTerminalOrder'])
    expect(flagged(desk.report(1, { type: 'order.canceled' }))).toEqual(['illegalReport'])
    expect([desk.position(), desk.status(1)]).toEqual([4, 'canceled'])
  })

  test('silence alone ends nothing, however long it lasts', () => {
    const desk = new Desk().start()
    reach.submitted!(desk)
    desk.at(3_600_000_000_000).quote(99, 101)
    expect([desk.status(1), desk.inflight(1)]).toEqual(['submitted', 'new'])
  })
})
