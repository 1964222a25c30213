import { parseDecimal } from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { resultsTable } from '../../../runtime/analysis/tables/results-table.ts'
import { scalesOf } from '../../../runtime/analysis/tables/run-tables.ts'
import {
  int64,
  money,
  nullable,
  price,
  tableOf,
  text,
} from '../../../runtime/analysis/tables/table.ts'
import { tableCsv, tableJson } from '../../../runtime/cli/table-text.ts'
import { inverse, linear } from '../../kit/configuration.ts'
import { resultOf } from './kit.ts'

const schema = {
  time: int64('a time'),
  price: price('a price'),
  fee: nullable(money('a fee')),
  note: nullable(text('a word')),
}
const scales = { price: 1, qty: 0, money: 8 }
const rows = [
  { time: 5, price: parseDecimal('60000'), fee: null, note: 'a, "b"' },
  { time: 2n ** 60n, price: parseDecimal('0.5'), fee: parseDecimal('-0.00000001'), note: null },
]

describe('a table', () => {
  const table = tableOf('some', schema, rows, scales)

  it('is columns of exact values, decimals as fine as the instruments', () => {
    expect(table).toEqual({
      name: 'some',
      rows: 2,
      columns: [
        { name: 'time', nullable: false, type: 'int64', values: [5n, 2n ** 60n] },
        { name: 'price', nullable: false, type: 'decimal', scale: 1, values: [600_000n, 5n] },
        { name: 'fee', nullable: true, type: 'decimal', scale: 8, values: [null, -1n] },
        { name: 'note', nullable: true, type: 'string', values: ['a, "b"', null] },
      ],
    })
    expect(scalesOf([linear, inverse])).toEqual({ price: 1, qty: 3, money: 8 })
  })

  it('as CSV quotes what needs it, and leaves null empty', () => {
    expect(tableCsv(table)).toBe(
      'time,price,fee,note\n5,60000,,"a, ""b"""\n1152921504606846976,0.5,-0.00000001,\n',
    )
  })

  it('as JSON keeps integers and decimals as exact texts', () => {
    expect(JSON.parse(tableJson(table))).toEqual([
      { time: '5', price: '60000', fee: null, note: 'a, "b"' },
      { time: '1152921504606846976', price: '0.5', fee: '-0.00000001', note: null },
    ])
    expect(tableJson(tableOf('none', schema, [], scales))).toBe('[]\n')
  })

  it('refuses a decimal finer than its column: that is our mistake', () => {
    expect(() => tableOf('some', schema, rows, { ...scales, money: 7 })).toThrow(/fee.*10\^-7/)
  })
})

describe('the results of a sweep', () => {
  const sharpe = (value: number) => ({ sharpe: value, count: 100, skewness: 0, kurtosis: 3 })
  const runs = [
    resultOf('b', 2, { parameters: { z: 1, a: '0.5' }, sharpe: sharpe(0.3) }),
    resultOf('a', 1, { sharpe: sharpe(0.1) }),
    resultOf('c', null, { status: 'failed', metrics: {} }),
  ]
  const cells = (trials?: number) => JSON.parse(tableJson(resultsTable(runs, trials)))

  it('are a row a run and metric, failed runs too, with the trials that deflate them', () => {
    expect(cells()).toMatchObject([
      { run: 'a', status: 'done', parameters: '{}', metric: 'pnl', value: 1, trials: '3' },
      { run: 'b', status: 'done', parameters: '{"a":"0.5","z":1}', value: 2 },
      { run: 'c', status: 'failed', value: null, deflated_sharpe: null },
    ])
    expect(cells(90)[1].deflated_sharpe).toBeLessThan(cells()[1].deflated_sharpe)
    expect(() => resultsTable([...runs, runs[0]!])).toThrow(/ESC_STATISTICS.*b twice/)
  })

  it('of one run are not deflated', () => {
    const [only] = JSON.parse(tableJson(resultsTable(runs.slice(0, 1))))
    expect(only.deflated_sharpe).toBeGreaterThan(0.99)
  })
})
