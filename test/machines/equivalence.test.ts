import { describe, expect, test } from 'vitest'
import { createTestModel } from 'xstate/graph'
import { ILLEGAL, type MachineEntry, machineNames, machines } from '../../machines/index.ts'
import { draw, interpret, pathsOf } from './harness.ts'

/**
 * Compiled and interpreted form of every machine of the project. Both are led along all paths
 * XState's graph finds and through ten thousand random signals, and must agree at each step;
 * where XState ignores a signal silently, the table must say ILLEGAL.
 */
const seed = 20_261_122
const signalsMax = 10_000

describe.each(machineNames)('%s, compiled and interpreted', (name) => {
  const { machine, chart }: MachineEntry = machines[name]
  const types: readonly string[] = chart.signals

  test.each(['shortest', 'simple'] as const)('agree along all %s paths', (kind) => {
    const { walks, truncated } = pathsOf(machine, kind, types)
    expect(truncated, 'paths were cut').toBe(false)
    expect(walks.length).toBeGreaterThanOrEqual(chart.states.length)
    for (const walk of walks) {
      let state = chart.initial
      walk.signals.forEach((type, step) => {
        state = chart.next(state, types.indexOf(type))
        expect(chart.valueOf(state), walk.signals.join(' ')).toEqual(walk.values[step])
      })
    }
  })

  test('agree on every cell of the table', () => {
    const reached = new Set<number>()
    for (const walk of pathsOf(machine, 'shortest', types).walks) {
      for (const type of types) {
        const interpreted = interpret(machine)
        for (const step of walk.signals) interpreted.send({ type: step })
        const state = chart.codeOf(interpreted.seen.value as string)
        reached.add(state)
        const handled = interpreted.handles({ type })
        interpreted.send({ type })
        const next = chart.next(state, types.indexOf(type))
        expect(next !== ILLEGAL, `${chart.states[state]} on ${type}`).toBe(handled)
        if (handled) expect(chart.valueOf(next)).toEqual(interpreted.seen.value)
      }
    }
    expect(reached.size, 'every state is reachable').toBe(chart.states.length)
  })

  test(`agree on ${signalsMax} random signals (seed ${seed})`, () => {
    const random = draw(seed)
    let interpreted = interpret(machine)
    let state = chart.initial
    for (let sent = 0; sent < signalsMax; sent++) {
      if (chart.isTerminal(state) ? random.chance(40) : random.chance(2)) {
        interpreted = interpret(machine)
        state = chart.initial
      }
      const type = random.pick(types)
      const handled = interpreted.handles({ type })
      interpreted.send({ type })
      const next = chart.next(state, types.indexOf(type))
      expect(next !== ILLEGAL, `signal ${sent}, ${chart.states[state]} on ${type}`).toBe(handled)
      if (next !== ILLEGAL) state = next
      expect(chart.valueOf(state), `signal ${sent}, ${type}`).toEqual(interpreted.seen.value)
    }
  })

  test('the compiled form passes the model test of its own machine', async () => {
    const model = createTestModel(machine, { events: types.map((type) => ({ type })) as never })
    const visited = new Set<string>()
    for (const path of model.getSimplePaths()) {
      const instance = chart.start()
      await path.test({
        states: {
          '*': (snapshot) => {
            visited.add(JSON.stringify(snapshot.value))
            expect(chart.valueOf(instance.state)).toEqual(snapshot.value)
          },
        },
        events: Object.fromEntries(
          types.map((type, signal) => [
            type,
            () => {
              chart.send(instance, signal, { type } as never)
            },
          ]),
        ),
      })
    }
    expect(visited.size).toBe(chart.states.length)
  })
})
