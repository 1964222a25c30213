import { expect, test } from 'vitest'
import { draw } from './harness.ts'
import { randomMachine } from './random-machine.ts'
import { totals, walk } from './random-walk.ts'

/**
 * Random machines with guards, assigns and nesting, compiled and interpreted. After every
 * signal state, context and end must be the same, and errors must strike both. The trace in
 * the context makes the order of every action part of the comparison.
 */
const seeds = Array.from({ length: 20 }, (_, index) => 1 + index)
const machinesASeed = 40

test.each(seeds)('random machines of seed %i agree in state, context and end', (seed) => {
  for (let index = 0; index < machinesASeed; index++) {
    const random = draw(seed * 1_000 + index)
    walk(randomMachine(random), random, `seed ${seed}, machine ${index}`)
  }
})

test('the random machines did what they are for', () => {
  expect(totals.steps).toBeGreaterThan(10_000)
  expect(totals.moved).toBeGreaterThan(totals.steps / 4)
  expect(totals.illegal).toBeGreaterThan(1_000)
  expect(totals.finished).toBeGreaterThan(50)
  expect(totals.failed).toBeGreaterThan(50)
})
