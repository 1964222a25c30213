import { expect } from 'vitest'

interface Table {
  readonly states: readonly string[]
  readonly signals: readonly string[]
  next(state: number, signal: number): number
}

/**
 * Holds a chart against a table written by hand from the specification. One row a state, one
 * word a signal in the order of the heading; `-` is ILLEGAL. The hand-written table is the
 * oracle: it shares no code with the machine.
 */
export function expectTable(chart: Table, text: string): void {
  const [heading = [], ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  const signals = heading.slice(1)
  expect([...signals].sort(), 'signals').toEqual([...chart.signals].sort())
  expect(rows.map(([state]) => state).sort(), 'states').toEqual([...chart.states].sort())
  for (const [state = '', ...cells] of rows) {
    expect(cells.length, `cells of ${state}`).toBe(signals.length)
    cells.forEach((expected, column) => {
      const signal = signals[column] ?? ''
      const next = chart.next(chart.states.indexOf(state), chart.signals.indexOf(signal))
      expect(chart.states[next] ?? '-', `${state} on ${signal}`).toBe(expected)
    })
  }
}
