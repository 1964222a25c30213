import { expect, test } from 'vitest'
import { ILLEGAL, machines } from '../../machines/index.ts'
import { expectTable } from './oracle.ts'

/** The Order lifecycle against tables written by hand from the specification. */
const { chart } = machines['order-lifecycle']
const { state, signal } = chart

test('an Order moves as the specification says, and in no other way', () => {
  expectTable(
    chart,
    `
    state           accepted rejected partiallyFilled filled canceled expired replaced
    submitted       accepted rejected -               -      -        -       -
    accepted        -        -        partiallyFilled filled canceled expired accepted
    partiallyFilled -        -        partiallyFilled filled canceled expired partiallyFilled
    filled          -        -        -               -      -        -       -
    canceled        -        -        -               -      -        -       -
    expired         -        -        -               -      -        -       -
    rejected        -        -        -               -      -        -       -
    `
      .trim()
      .split('\n')
      .map((row, index) => `${row.trim()} ${requestColumns[index]}`)
      .join('\n'),
  )
})

/** The columns about requests and dispositions, row by row below those of the reports. */
const requestColumns = [
  'replaceRejected cancelRejected  disposedCanceled disposedRejected',
  'submitted       submitted       canceled         rejected',
  'accepted        accepted        canceled         -',
  'partiallyFilled partiallyFilled canceled         -',
  'filled          filled          -                -',
  'canceled        canceled        -                -',
  'expired         expired         -                -',
  'rejected        rejected        -                -',
]

test('an Order starts submitted, and four states end it', () => {
  expect(chart.initial).toBe(state.submitted)
  const ends = chart.states.filter((_, code) => chart.isTerminal(code))
  expect(ends).toEqual(['filled', 'canceled', 'expired', 'rejected'])
})

test('a cancel that crosses a fill is refused by the venue without touching the Order', () => {
  expect(chart.next(state.filled, signal.cancelRejected)).toBe(state.filled)
})

test('a fill of an Order that has ended is for the core to explain', () => {
  for (const ended of [state.filled, state.canceled, state.expired, state.rejected]) {
    expect(chart.next(ended, signal.partiallyFilled)).toBe(ILLEGAL)
    expect(chart.next(ended, signal.filled)).toBe(ILLEGAL)
  }
})

test('a fill before the acknowledgement is ILLEGAL: Accepted is reported first', () => {
  expect(chart.next(state.submitted, signal.filled)).toBe(ILLEGAL)
})

test('only an Order without an answer can be given up as rejected', () => {
  expect(chart.next(state.submitted, signal.disposedRejected)).toBe(state.rejected)
  expect(chart.next(state.accepted, signal.disposedRejected)).toBe(ILLEGAL)
})
