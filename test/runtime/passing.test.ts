/**
 * Market Events that nobody is interested in are applied and written down as one. The log still says
 * what each position was, and State is that of a session which took them one by one.
 */
import { createHash } from 'node:crypto'
import { logRecords, type ReadRecord } from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import type { BacktestDefinition } from '../../runtime/backtest.ts'
import type { EventLogOptions } from '../../runtime/event-log/event-log.ts'
import { copiedViews, recordedSteps } from '../../runtime/event-log/read-log.ts'
import { describeEvent } from '../../runtime/replay/describe-event.ts'
import type { RecordedStep } from '../../runtime/replay/recorded-step.ts'
import { replayEvents } from '../../runtime/replay-events.ts'
import { recordMarket, runWorld } from '../../runtime/worlds.ts'
import { backtestOf, making, market, runLogged } from '../kit/backtest.ts'
import { fidget, sessions } from '../kit/session-plans.ts'
import { recorded } from '../kit/session-run.ts'

const recordsOf = (bytes: Uint8Array): Iterable<ReadRecord> =>
  [...logRecords(bytes)].map((record) => ({ bytes, record }))

const passed = (definition: BacktestDefinition, log?: EventLogOptions) => {
  const ran = runLogged(definition, log === undefined ? {} : { log })
  const views = copiedViews(recordsOf(ran.log))
  const viewOf = (i: number) => views.get(i) ?? definition.feed[i]!.local
  return { ...ran, views, steps: [...recordedSteps(recordsOf(ran.log), viewOf)] }
}

/** The same positions and Events; a digest that was written is the digest of that step. */
function expectSame(read: readonly RecordedStep[], whole: readonly RecordedStep[]): void {
  expect(read.length).toBe(whole.length)
  read.forEach(({ position, event, stepDigest, stateDigest }, i) => {
    const one = whole[i]!
    expect([position, describeEvent(event)]).toEqual([one.position, describeEvent(one.event)])
    if (stepDigest !== undefined) expect(stepDigest, `position ${position}`).toBe(one.stepDigest)
    if (stateDigest !== undefined) expect(stateDigest).toBe(one.stateDigest)
  })
}

const rolling = { maxRollingLoss: { amount: '1000000', windowSeconds: 2 } }
const kinds = fc
  .constantFrom(
    {},
    { risk: rolling, control: { digestEvery: 1_000 } },
    { risk: { maxDrawdown: '1000000' }, control: { digestEvery: 7 } },
    { control: { digestEvery: 100, order: 'marketFirst' as const } },
  )
  .chain((changes) => sessions(changes))

describe('a log with passed Events', () => {
  propertyTest.prop([kinds, fc.constantFrom(undefined, undefined, 40)], { numRuns: 25 })(
    'tells of the same positions as one without, and leaves the same State',
    (definition, everyNth) => {
      const strategies = [fidget(everyNth)]
      const one = { ...definition, strategies }
      const { core, steps: whole } = recorded(one)
      const { result, steps } = passed(one)
      expectSame(steps, whole)
      const stateHash = createHash('sha256').update(core.state.serialise()).digest('hex')
      expect(result.stateHash).toBe(stateHash)
      expect(replayEvents(one.configuration, strategies, steps)).toMatchObject({
        ok: true,
        stateHash,
      })
    },
  )

  const several = backtestOf({ AAA: market(5, 2), BBB: market(6, 2), CCC: market(5, 2) })

  test('of several instruments, some rows at equal times, puts each Event in its place', () => {
    const { steps } = passed(several)
    expectSame(steps, recorded(several).steps)
    expect(steps.filter(({ stepDigest }) => stepDigest === undefined).length).toBeGreaterThan(100)
  })

  test('that holds its rows is read without the data, has the same hash, and replays', () => {
    const reference = passed(several)
    const full = passed(several, { market: 'full' })
    expect(full.result.eventLogHash).toBe(reference.result.eventLogHash)
    expect([...full.views.keys()].sort()).toEqual([0, 1, 2])
    expect(reference.views.size).toBe(0)
    full.views.forEach((view, i) => {
      expect(view.length).toBe(several.feed[i]!.local.length)
    })
    const replayed = replayEvents(several.configuration, several.strategies, full.steps)
    expect(replayed).toMatchObject({ ok: true, stateHash: reference.result.stateHash })
  })

  test('a strategy that folds, counts or looks at each Event has each for itself', () => {
    const quiet = passed(backtestOf(market(5, 1), {}, making()))
    const counting = passed(backtestOf(market(5, 1), {}, fidget(40)))
    const single = ({ steps }: typeof quiet) =>
      steps.filter(({ stepDigest }) => stepDigest !== undefined).length / steps.length
    expect(single(quiet)).toBeLessThan(0.9)
    expect(single(counting)).toBe(1)
  })

  test('rolling losses are sampled as without it', () => {
    const definition = backtestOf(market(5, 3), { risk: rolling })
    expectSame(passed(definition).steps, recorded(definition).steps)
  })

  test('worlds over a recorded market write the same log', () => {
    const definition = backtestOf(market(8, 2), { control: { digestEvery: 50 } })
    const { result } = passed(definition)
    const world = runWorld(definition, recordMarket(definition.feed))
    expect(world.eventLogHash).toBe(result.eventLogHash)
    expect(world.stateHash).toBe(result.stateHash)
  })

  test('wake-ups at the time of rows see them, as without it', () => {
    const definition = backtestOf(market(9, 1, 100), {}, making({ intervalMs: 10 }))
    expectSame(passed(definition).steps, recorded(definition).steps)
  })
})
