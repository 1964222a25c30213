import { expect } from 'vitest'
import type { AnyStateMachine } from 'xstate'
import { compile, ILLEGAL, type Instance } from '../../machines/index.ts'
import { type Draw, interpret } from './harness.ts'
import { type Log, signalTypes } from './random-machine.ts'

const signalsAMachine = 40
/** What all walks together have met. */
export const totals = { steps: 0, moved: 0, finished: 0, failed: 0, illegal: 0 }

/** Sends the same random signals to a machine in both forms, and compares them after each. */
export function walk(machine: AnyStateMachine, random: Draw, place: string): void {
  const input = { n: random.below(7) }
  const interpreted = attempt(() => interpret(machine, input))
  const runners = (['copy', 'reuse'] as const).map((context) => {
    const chart = compile(machine, { signals: signalTypes, context })
    return { chart, instance: attempt(() => chart.start(input) as Instance<Log>) }
  })
  for (const { instance } of runners) {
    expect(instance === undefined, `${place}: start`).toBe(interpreted === undefined)
  }
  if (interpreted === undefined) {
    totals.failed++
    return
  }
  for (let sent = 0; sent < signalsAMachine; sent++) {
    const event = { type: random.pick(signalTypes), by: random.below(6) }
    const where = `${place}, signal ${sent} (${event.type})`
    const before = interpreted.seen
    const failed = attempt(() => interpreted.send(event) ?? true) === undefined
    const after = interpreted.seen
    totals.steps++
    for (const { chart, instance } of runners) {
      if (instance === undefined) continue
      const signal = chart.signals.indexOf(event.type)
      const next = attempt(() => chart.send(instance, signal, event))
      expect(next === undefined, where).toBe(failed)
      if (next === undefined) continue
      expect(chart.valueOf(instance.state), where).toEqual(after.value)
      expect(instance.context, where).toEqual(after.context)
      expect(chart.isTerminal(instance.state), where).toBe(after.status === 'done')
      if (next === ILLEGAL) expect(after, where).toBe(before)
      if (next === ILLEGAL) totals.illegal++
    }
    if (after !== before) totals.moved++
    if (after.status === 'done') totals.finished++
    if (failed) totals.failed++
    if (failed || after.status === 'done') return
  }
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}
