/** Going to any position of a recorded run: State there is the State that the run had. */
import { type CoreEvent, millis } from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import type { BacktestDefinition } from '../../runtime/backtest.ts'
import type { RecordedStep } from '../../runtime/replay/recorded-step.ts'
import { decodeSnapshot, encodeSnapshot, type Snapshot } from '../../runtime/replay/snapshot.ts'
import { type History, TimeTravel } from '../../runtime/replay/time-travel.ts'
import { backtestOf, market } from '../kit/backtest.ts'
import { fidget, sessions } from '../kit/session-plans.ts'
import { recorded } from '../kit/session-run.ts'

const historyOf = (
  { configuration, strategies }: BacktestDefinition,
  steps: readonly RecordedStep[],
  snapshot?: History['snapshot'],
): History => ({
  configuration,
  strategies,
  // Somewhat earlier than asked, as a log gives them.
  steps: (position) => steps.slice(Math.max(0, position - 7)),
  ...(snapshot === undefined ? {} : { snapshot }),
})

const definition = backtestOf(market(5, 2, 400), { control: { digestEvery: 1 } }, fidget())
const { steps, core } = recorded(definition)
const digestAt = (position: number) => steps[position]!.stateDigest!

describe('State at a position', () => {
  propertyTest.prop(
    [
      sessions(),
      fc.array(fc.nat(), { minLength: 3, maxLength: 12 }),
      fc.integer({ min: 1, max: 50 }),
    ],
    { numRuns: 15 },
  )(
    'is the State of the run, in whatever order positions are asked for',
    (session, picks, keepEvery) => {
      const run = recorded(session).steps
      const travel = new TimeTravel(historyOf(session, run), { keepEvery })
      for (const pick of picks) {
        const position = pick % run.length
        expect(travel.seek(position)).toBe(position)
        expect(travel.state.digest()).toBe(run[position]!.stateDigest)
        const next = travel.step()
        expect(next?.event).toBe(run[position + 1]?.event)
        if (next !== null) expect(travel.state.digest()).toBe(run[position + 1]!.stateDigest)
      }
    },
  )

  test('beyond the end is State at the end, and no step follows', () => {
    const travel = new TimeTravel(historyOf(definition, steps))
    expect(travel.position).toBe(-1)
    expect(travel.seek(1e9)).toBe(steps.length - 1)
    expect(travel.state.serialise()).toEqual(core.state.serialise())
    expect(travel.step()).toBeNull()
    expect(travel.view.openOrders()).toEqual(core.view.openOrders())
  })

  test('from a stored snapshot costs the steps after it alone', () => {
    const at = 400
    const travel = new TimeTravel(historyOf(definition, steps), { keepEvery: 1e9 })
    travel.seek(at)
    const bytes = encodeSnapshot({ position: at, state: travel.state }, 'print')
    const asked: number[] = []
    const history: History = {
      ...historyOf(definition, steps),
      steps(position) {
        asked.push(position)
        return steps.slice(position)
      },
      snapshot: (position): Snapshot | null =>
        position < at ? null : decodeSnapshot(bytes, definition.configuration, 'print'),
    }
    const other = new TimeTravel(history, { keepEvery: 1e9 })
    other.seek(at + 20)
    expect(other.state.digest()).toBe(digestAt(at + 20))
    other.seek(at - 20)
    expect(other.state.digest()).toBe(digestAt(at - 20))
    expect(asked).toEqual([0, at + 1, 0])
  })

  test('that does not come out as recorded is an error at its position, and no State', () => {
    const event = { ...steps[300]!.event, time: steps[300]!.event.time + millis(1) } as CoreEvent
    const changed = steps.map((step, i) => (i === 300 ? { ...step, event } : step))
    const travel = new TimeTravel(historyOf(definition, changed))
    expect(travel.seek(299)).toBe(299)
    expect(() => travel.seek(500)).toThrow(/ESC_RUN_DIFFERS.*position 300, stepDigest/)
  })
})

describe('a snapshot', () => {
  const travel = new TimeTravel(historyOf(definition, steps))
  travel.seek(250)
  const bytes = encodeSnapshot({ position: 250, state: travel.state }, 'print')
  const { configuration } = definition

  test('gives back position and State', () => {
    const { position, state } = decodeSnapshot(bytes, configuration, 'print')
    expect(position).toBe(250)
    expect(state.digest()).toBe(digestAt(250))
    expect(state.serialise()).toEqual(travel.state.serialise())
  })

  test('with any byte changed, cut anywhere, or of another Configuration is refused', () => {
    for (let at = 0; at < bytes.length; at += Math.max(1, Math.floor(bytes.length / 97))) {
      const changed = bytes.slice()
      changed[at]! ^= 0x10
      expect(() => decodeSnapshot(changed, configuration, 'print')).toThrow(/ESC_STATE_RESTORE/)
      expect(() => decodeSnapshot(bytes.subarray(0, at), configuration, 'print')).toThrow(
        /ESC_STATE_RESTORE/,
      )
    }
    expect(() => decodeSnapshot(bytes, configuration, 'other')).toThrow(/needed other/)
  })
})
