/** Bytes that do not fit, by the field that is named, and what a table of orders makes of them. */
import { ByteReader, ByteWriter, CodedError, State } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { writeTerms } from '../../core/order-terms.ts'
import { ControlState } from '../../core/state/control-state.ts'
import { expectFit } from '../../core/state/fit.ts'
import { OrderTable, orderChart } from '../../core/state/order-table.ts'
import { configuration, linear } from '../kit/configuration.ts'
import { Desk } from '../kit/core-desk.ts'
import { newOrder } from '../kit/core-puppet.ts'

function refusal(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError)
    const { code, facts } = error as CodedError
    return [code, facts.field, facts.found, facts.needed]
  }
  return 'none'
}
const read = (write: (writer: ByteWriter) => ByteWriter) =>
  ByteReader.sealed(write(new ByteWriter()).seal())
const { type: _, ...terms } = newOrder(1, 1, 90, 5)

describe('bytes are refused by name', () => {
  test('of an unknown layout, and of another number of instruments', () => {
    const config = configuration()
    const two = configuration({ instruments: [linear, { ...linear, symbol: 'LIN2' }] })
    const bytes = new Desk(config).state.serialise()
    const other = new ByteWriter().u8(99).seal()
    expect(refusal(() => State.restore(config, other))).toEqual([
      'ESC_STATE_RESTORE',
      'layout',
      '99',
      '3',
    ])
    expect(refusal(() => State.restore(two, bytes))).toEqual([
      'ESC_STATE_RESTORE',
      'instruments',
      '1',
      '2',
    ])
  })

  test.each(['trading', 'session', 'feed'])('with an unknown mode of the %s', (which) => {
    const mode = (of: string, fine: string) => (which === of ? 'mad' : fine)
    const reader = read((writer) =>
      writer
        .f64(0)
        .f64(0)
        .text(mode('trading', 'enabled'))
        .text(mode('session', 'warming'))
        .text('1')
        .i32(1)
        .text(mode('feed', 'waiting'))
        .i32(0),
    )
    expect(refusal(() => ControlState.read(reader))).toEqual([
      'ESC_STATE_RESTORE',
      'mode',
      'mad',
      undefined,
    ])
  })

  test('with an unknown status of an order', () => {
    const reader = read((writer) =>
      writeTerms(terms, writer.i32(1)).f64(0).f64(5).text('gone').f64(0).f64(0).i32(0),
    )
    expect(refusal(() => OrderTable.read(reader, 5))).toEqual([
      'ESC_STATE_RESTORE',
      'order status',
      'gone',
      undefined,
    ])
  })

  test.each([
    ['feeds', (state: State) => ({ control: { ...state.control, feeds: [] } })],
    ['accounts', (state: State) => ({ execution: { ...state.execution, accounts: [] } })],
    ['own portfolios', (state: State) => ({ execution: { ...state.execution, own: [] } })],
  ])('that hold no %s', (field, change) => {
    const { state } = new Desk()
    const { configuration: config, control, execution, rates } = state
    const laidOut = { configuration: config, control, execution, rates, ...change(state) }
    expect(refusal(() => expectFit(laidOut as never))).toEqual([
      'ESC_STATE_RESTORE',
      field,
      '0',
      '1',
    ])
  })
})

describe('a table of orders', () => {
  test('that is read holds as open what has not ended', () => {
    const table = new OrderTable(5)
    for (const key of [1, 2]) table.submit({ ...terms, key }, 0)
    const ended = table.get(1)!
    ended.status = orderChart.state.canceled
    table.changed(ended)
    const copy = OrderTable.read(
      read((writer) => {
        table.write(writer)
        return writer
      }),
      5,
    )
    expect([...copy.open()].map(({ key }) => key)).toEqual([2])
    expect([copy.openCount, copy.digestLow, copy.digestHigh]).toEqual([
      1,
      table.digestLow,
      table.digestHigh,
    ])
  })

  test('is not submitted to twice', () => {
    const table = new OrderTable(5)
    table.submit(terms, 0)
    expect(() => table.submit(terms, 0)).toThrow('order 1 is submitted twice')
  })

  test('that lost an ended order is our own mistake', () => {
    const table = OrderTable.read(
      read((writer) => writer.i32(0).i32(1).f64(7)),
      1,
    )
    const order = table.submit(terms, 0)
    order.status = orderChart.state.canceled
    expect(() => table.changed(order)).toThrow('terminal order 7 is not in the table')
  })
})
