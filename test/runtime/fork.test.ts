/** A run that forks: its parent's up to a position, Venue included, and its own from there on. */
import { type CoreEvent, parseDecimal } from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { constantLatency } from '../../actors/fill-simulator/latency-model.ts'
import { type BacktestDefinition, runBacktest } from '../../runtime/backtest.ts'
import type { Fork } from '../../runtime/fork/fork.ts'
import { describeEvent } from '../../runtime/replay/describe-event.ts'
import { replayEvents } from '../../runtime/replay-events.ts'
import { backtestOf, making, market, runLogged } from '../kit/backtest.ts'
import { readLog } from '../kit/cli-log.ts'
import { fidget } from '../kit/session-plans.ts'

const parent = backtestOf(market(5, 5), { control: { digestEvery: 50 } })
const unchanged = { strategies: parent.strategies, fresh: [false], changes: null, latency: null }

const eventsOf = (definition: BacktestDefinition) => {
  const { result, log } = runLogged(definition)
  return { result, events: readLog(log, (i) => definition.feed[i]!.local).events }
}
const whole = eventsOf(parent)
const last = whole.events.length - 2

/** The first position at which two runs say something else. */
function parting(one: typeof whole, other: typeof whole): number {
  const text = ({ event }: { event: CoreEvent }) => describeEvent(event)
  const at = one.events.findIndex((entry, i) => {
    const beside = other.events[i]
    return beside === undefined || text(entry) !== text(beside)
  })
  return at < 0 ? one.events.length : at
}

const ways: readonly (readonly [string, Partial<Fork>])[] = [
  ['other parameters', { strategies: [making({ offsetTicks: 3 })] }],
  ['another strategy', { strategies: [fidget()], fresh: [true] }],
  ['other limits', { changes: { risk: { maxPosition: parseDecimal('0.001') } } }],
  ['other latencies', { latency: constantLatency({ entryNs: 5e7, responseNs: 5e7 }) }],
]

describe('a fork', () => {
  propertyTest.prop([fc.integer({ min: 0, max: last }), fc.constantFrom(...ways)], { numRuns: 25 })(
    'is its parent up to its position, and replays from its own log',
    (position, [, way]) => {
      const fork: Fork = { ...unchanged, ...way, position }
      const definition = { ...parent, fork }
      const own = eventsOf(definition)
      expect(parting(whole, own)).toBeGreaterThan(position)
      const replayed = replayEvents(
        parent.configuration,
        parent.strategies,
        own.events.map(({ position: at, event }) => ({ position: at, event })),
        { fork },
      )
      expect(replayed).toMatchObject({ ok: true, stateHash: own.result.stateHash })
    },
  )

  test.each(ways)('with %s goes another way', (_claim, way) => {
    const definition = { ...parent, fork: { ...unchanged, ...way, position: 300 } }
    const own = eventsOf(definition)
    expect(parting(whole, own)).toBeLessThan(400)
    expect(own.result.stateHash).not.toBe(whole.result.stateHash)
    expect(runBacktest(definition).eventLogHash).toBe(own.result.eventLogHash)
  })

  test.each([0, 1, 49, 50, 51, 300, last])(
    'that changes nothing at %i ends as its parent',
    (position) => {
      const { result } = eventsOf({ ...parent, fork: { ...unchanged, position } })
      expect(result.stateHash).toBe(whole.result.stateHash)
      expect(result.events).toBe(whole.result.events)
    },
  )

  test('says other limits in its stream, right behind its position', () => {
    const changes = { risk: { maxPosition: parseDecimal('0.001') } }
    const { events } = eventsOf({ ...parent, fork: { ...unchanged, changes, position: 300 } })
    expect(events[301]!.event).toMatchObject({ type: 'control.configurationChanged', changes })
  })

  test('begins another strategy with a first memory, and keeps the memory of the same', () => {
    const fresh = { strategies: [fidget()], fresh: [true], position: 300 }
    const { result } = eventsOf({ ...parent, fork: { ...unchanged, ...fresh } })
    const { memory } = result.state.control.strategies[0]!
    expect(memory).toMatchObject({ turn: expect.any(Number) })
    expect((memory as { turn: number }).turn).toBeGreaterThan(3)
  })
})
