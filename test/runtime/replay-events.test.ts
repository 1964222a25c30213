/**
 * The replay verifier: what a session recorded replays to its end, and any change of the record is
 * named at the first position that cannot follow.
 */
import { createHash } from 'node:crypto'
import { type CoreEvent, defineStrategy, instantiate, millis, RowKind } from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import type { BacktestDefinition } from '../../runtime/backtest.ts'
import type { RecordedStep } from '../../runtime/replay/recorded-step.ts'
import { replayEvents } from '../../runtime/replay-events.ts'
import { backtestOf, market } from '../kit/backtest.ts'
import { plans, play, strategies } from '../kit/core-session.ts'
import { fidget, sessions } from '../kit/session-plans.ts'
import { recorded } from '../kit/session-run.ts'
import { quietMarket, scripted } from '../kit/session-script.ts'

/** Epoch ns of the first row of every generated market. */
const ORIGIN = market(5, 1).originNs
const definition = backtestOf(
  market(5, 2, 400),
  {
    venue: { latency: { entryNs: 5_000_000, responseNs: 5_000_000 } },
    rateLimits: { ordersPerSecond: '7', cancelsPerSecond: '2' },
    control: { digestEvery: 1 },
  },
  fidget(),
)
const { core, steps } = recorded(definition)
const replay = (
  changed: readonly RecordedStep[],
  { configuration, strategies: instances }: BacktestDefinition = definition,
) => replayEvents(configuration, instances, changed)

/** With positions counted anew. */
const numbered = (list: readonly RecordedStep[]): RecordedStep[] =>
  list.map((step, position) => ({ ...step, position }))
const without = (at: number) => numbered(steps.filter((_, i) => i !== at))
const withEvent = (at: number, event: object) =>
  steps.map((step, i) =>
    i === at ? { ...step, event: { ...step.event, ...event } as CoreEvent } : step,
  )
const bare = (list: readonly RecordedStep[]): RecordedStep[] =>
  list.map(({ position, event }) => ({ position, event }))
const find = (type: CoreEvent['type'], more: (event: never) => boolean = () => true, from = 0) => {
  const at = steps.findIndex(
    ({ event }, i) => i >= from && event.type === type && more(event as never),
  )
  expect(at, type).toBeGreaterThan(0)
  return at
}
const rateAt = find('control.time', ({ reason }: { reason: string }) => reason === 'rate')
const wakeAt = find('control.time', ({ reason }: { reason: string }) => reason === 'wakeUp')
const time = (at: number): number => steps[at]!.event.time

describe('a recorded backtest', () => {
  test('replays to its end, to the same State', () => {
    const stateHash = createHash('sha256').update(core.state.serialise()).digest('hex')
    expect(replay(steps)).toEqual({ ok: true, positions: steps.length, stateHash })
    expect(replay(bare(steps))).toEqual({ ok: true, positions: steps.length, stateHash })
  })

  test('holds what the changes below need: obligations of both reasons, records of each kind', () => {
    const types = new Set(steps.map(({ event }) => event.type))
    for (const type of ['order.submitted', 'intent.dispatched', 'order.filled'] as const) {
      expect(types).toContain(type)
    }
    expect(rateAt).not.toBe(wakeAt)
    expect(steps.every(({ stateDigest }) => stateDigest !== undefined)).toBe(true)
  })

  test('of several instruments, and one that begins in a window, replays as well', () => {
    const [start, end] = [400_000_000n, 900_000_000n].map((ns) => String(ORIGIN + ns))
    const window = { start: start!, end: end! }
    const both = backtestOf({ AAA: market(5, 1), BBB: market(6, 1) }, { window }, fidget())
    const run = recorded(both).steps
    expect(run.filter(({ event }) => event.type === 'market.snapshot').length).toBe(2)
    expect(replay(run, both)).toMatchObject({ ok: true, positions: run.length })
  })

  test('that ends early is equal as far as it goes', () => {
    for (const length of [0, 1, rateAt, rateAt + 1]) {
      expect(replay(steps.slice(0, length))).toMatchObject({ ok: true, positions: length })
    }
  })

  test('with a time of its own for each late Control-Time Event is lawful, one ns early is not', () => {
    const late = withEvent(rateAt, { time: time(rateAt) + 1 }).slice(0, rateAt + 1)
    expect(replay(bare(late))).toMatchObject({ ok: true })
    const early = withEvent(rateAt, { time: time(rateAt) - 1 })
    expect(replay(bare(early))).toMatchObject({ position: rateAt, kind: 'controlTime' })
  })
})

describe('a change of a Control-Time Event is named at its position', () => {
  test.each([
    ['rate', rateAt],
    ['wake-up', wakeAt],
  ])('removed, %s', (_, at) => {
    expect(replay(steps.filter((__, i) => i !== at))).toMatchObject({
      ok: false,
      position: at,
      kind: 'position',
      recorded: `position ${at + 1}`,
      recomputed: `position ${at}`,
    })
    expect(replay(without(at))).toMatchObject({ ok: false, position: at })
  })

  test('removed from a stream without digests, it is missing where a later time comes', () => {
    const quiet = find('control.time', () => true, wakeAt + 1)
    let found = 0
    for (let at = quiet; at < steps.length; at++) {
      if (steps[at]!.event.type !== 'control.time' || time(at + 1) <= time(at)) continue
      if (steps[at + 1]!.event.type === 'control.time') continue
      const { due, reason } = steps[at]!.event as CoreEvent & { type: 'control.time' }
      expect(replay(bare(without(at)))).toMatchObject({
        position: at,
        kind: 'missingControlTime',
        recomputed: JSON.stringify({ due, reason }),
      })
      found++
    }
    expect(found).toBeGreaterThan(0)
  })

  test('removed at the very end of the feed, it is missing where the session drains', () => {
    const strategy = scripted((_, turn) => (turn === 0 ? { wakeAt: millis(10) } : {}))
    const short = backtestOf(quietMarket([millis(10)]), {}, strategy)
    const run = recorded(short).steps
    const types = run.slice(-4).map(({ event }) => `${event.type} ${event.time}`)
    expect(types).toEqual([
      'market.updated 10000000',
      'control.time 10000000',
      'control.sessionDraining 10000000',
      'control.sessionEnded 10000000',
    ])
    const position = run.length - 3
    const gone = numbered(run.filter((_, i) => i !== position))
    expect(replay(bare(gone), short)).toMatchObject({ position, kind: 'missingControlTime' })
  })

  test.each([
    ['a due of 1 ns more', { due: 1 }],
    ['a due of 1 ns less', { due: -1 }],
    ['due and time of 1 ns more', { due: 1, time: 1 }],
  ])('with %s', (_, shift: { due: number; time?: number }) => {
    const { due } = steps[rateAt]!.event as CoreEvent & { type: 'control.time' }
    const moved = { due: due + shift.due, time: time(rateAt) + (shift.time ?? 0) }
    for (const changed of [withEvent(rateAt, moved), bare(withEvent(rateAt, moved))]) {
      const found = replay(changed)
      expect(found).toMatchObject({ ok: false, position: rateAt, kind: 'controlTime' })
      expect(found).toHaveProperty('recomputed', JSON.stringify({ due, reason: 'rate' }))
    }
  })

  test('a time of 1 ns more is another step', () => {
    const changed = withEvent(rateAt, { time: time(rateAt) + 1 })
    expect(replay(changed)).toMatchObject({ position: rateAt, kind: 'stepDigest' })
  })

  test('another reason', () => {
    const changed = withEvent(rateAt, { reason: 'wakeUp' })
    expect(replay(changed)).toMatchObject({ position: rateAt, kind: 'controlTime' })
  })

  test('twice', () => {
    const changed = numbered(steps.flatMap((step, i) => (i === wakeAt ? [step, step] : [step])))
    expect(replay(bare(changed))).toMatchObject({ position: wakeAt + 1, kind: 'controlTime' })
  })
})

describe('a change of another record is named at its position', () => {
  const submitted = find('order.submitted', () => true, 60)
  const dispatched = find('intent.dispatched')

  test('two Events that changed places', () => {
    for (const at of [10, rateAt, submitted]) {
      const changed = [...steps]
      ;[changed[at], changed[at + 1]] = [changed[at + 1]!, changed[at]!]
      expect(replay(numbered(changed))).toMatchObject({ ok: false, position: at })
    }
  })

  test('one price of the market', () => {
    // A row that removes a level which is not there changes nothing, whatever its price.
    const adds = ({ view, from }: CoreEvent & { type: 'market.updated' }) =>
      view.kind[from] === RowKind.DEPTH && view.qty[from]! > 0
    const at = find('market.updated', adds, 40)
    const event = steps[at]!.event as CoreEvent & { type: 'market.updated' }
    const price = event.view.price.slice()
    price[event.from]! += 3
    const changed = withEvent(at, { view: { ...event.view, price } })
    expect(replay(changed)).toMatchObject({ position: at, kind: 'stepDigest' })
  })

  test('one price of a fill', () => {
    const at = find('order.filled')
    const { lastPrice } = steps[at]!.event as CoreEvent & { type: 'order.filled' }
    const changed = withEvent(at, { lastPrice: lastPrice + 1 })
    expect(replay(changed)).toMatchObject({ position: at, kind: 'stateDigest' })
  })

  test.each([
    ['of a NEW', submitted],
    ['of a REPLACE or CANCEL', dispatched],
  ])('a dispatch record %s that is gone', (_, at) => {
    expect(replay(without(at))).toMatchObject({ ok: false, position: at })
  })

  test('a record that is gone is missing where its request is answered, without digests', () => {
    const { key } = steps[submitted]!.event as CoreEvent & { type: 'order.submitted' }
    const answer = find('order.accepted', (event: { key: number }) => event.key === key)
    const found = replay(bare(without(submitted)))
    expect(found).toMatchObject({ ok: false })
    expect(found).toHaveProperty('kind', expect.stringMatching(/ispatchRecord$/))
    expect('position' in found && found.position).toBeLessThan(answer)
  })

  test.each(['key', 'side', 'price', 'qty', 'orderType', 'timeInForce'] as const)(
    'another %s of a NEW',
    (term) => {
      const event = steps[submitted]!.event as CoreEvent & { type: 'order.submitted' }
      const other = { orderType: 'market', timeInForce: 'IOC', side: -event.side }
      const value = term in other ? other[term as keyof typeof other] : Number(event[term]) + 1
      const changed = withEvent(submitted, { [term]: value })
      expect(replay(bare(changed))).toMatchObject({ position: submitted, kind: 'dispatchRecord' })
    },
  )

  test('another kind of a change, and a request that never was', () => {
    const { kind } = steps[dispatched]!.event as CoreEvent & { type: 'intent.dispatched' }
    const changed = withEvent(dispatched, { kind: kind === 'cancel' ? 'replace' : 'cancel' })
    expect(replay(bare(changed))).toMatchObject({ position: dispatched, kind: 'dispatchRecord' })
    const twice = numbered(
      steps.flatMap((step, i) => (i === dispatched ? [step, step] : [step])),
    ).slice(0, dispatched + 2)
    expect(replay(bare(twice))).toMatchObject({ position: dispatched + 1 })
  })

  test('one digit of a digest', () => {
    const flipped = (text: string) => (text[7] === '0' ? '1' : '0') + text.slice(1)
    for (const kind of ['stepDigest', 'stateDigest'] as const) {
      const changed = steps.map((step, i) =>
        i === 77 ? { ...step, [kind]: flipped(step[kind]!) } : step,
      )
      const found = { recorded: changed[77]![kind], recomputed: steps[77]![kind] }
      expect(replay(changed)).toEqual({ ok: false, position: 77, kind, ...found })
    }
  })

  test('an Event that the Core refuses', () => {
    const changed = withEvent(20, { time: -1 })
    expect(replay(changed)).toMatchObject({ position: 20, kind: 'refused' })
  })
})

/** Fails at its tenth wake-up. */
const failing = () => {
  const strategy = defineStrategy<unknown, number>({
    name: 'failing',
    init: () => 0,
    decide(view, asked) {
      if (asked === 10) throw new Error('the wheel came off')
      return { memory: asked + 1, wakeAt: view.now + millis(20) }
    },
  })
  return instantiate(strategy)
}

describe('what the Core appends of its own', () => {
  const rows = market(3, 1, 300)
  const failed = backtestOf(rows, { control: { onStrategyFailure: 'disable' } }, failing())
  const run = recorded(failed).steps
  const at = run.findIndex(({ event }) => event.type === 'control.strategyDisabled')

  test('a disabled strategy follows from its failure', () => {
    expect(at).toBeGreaterThan(10)
    expect(replay(run, failed)).toMatchObject({ ok: true })
    const gone = numbered(run.filter((_, i) => i !== at))
    expect(replay(bare(gone), failed)).toMatchObject({ position: at, kind: 'missingConsequence' })
    const twice = numbered(run.flatMap((step, i) => (i === at ? [step, step] : [step])))
    expect(replay(bare(twice), failed)).toMatchObject({ position: at + 1, kind: 'consequence' })
  })

  test('an anomaly is one that a step found', () => {
    const key = 3
    const report = { type: 'order.canceled', time: 0, exchTime: 0, key } as const
    const anomaly = { type: 'control.anomaly', time: 0, kind: 'unknownOrder', key } as const
    const start = { type: 'control.sessionStarted', time: 0, seed: 1 } as const
    const stream = (...events: CoreEvent[]) =>
      events.map((event, position) => ({ position, event }))
    expect(replay(stream(start, report, anomaly), failed)).toMatchObject({ ok: true })
    const other = { ...anomaly, kind: 'overfill' } as const
    expect(replay(stream(start, report, other), failed)).toMatchObject({ position: 2 })
    expect(replay(stream(start, anomaly), failed)).toMatchObject({
      position: 1,
      kind: 'consequence',
      recomputed: 'nothing',
    })
    const later = { type: 'control.checkpoint', time: 1, label: '' } as const
    expect(replay(stream(start, report, later), failed)).toMatchObject({
      position: 2,
      kind: 'missingConsequence',
    })
  })

  test('nothing follows where the Configuration halts', () => {
    const { control } = failed.configuration
    const configuration = {
      ...failed.configuration,
      control: { ...control, onStrategyFailure: 'halt' as const },
    }
    const halts = { ...failed, configuration }
    expect(replay(run.slice(0, at), halts)).toMatchObject({ ok: true })
    expect(replay(run, halts)).toMatchObject({ position: at, kind: 'halt' })
  })
})

describe('streams of a sequencer that waits beside its queue', () => {
  test('may overtake an obligation that is due, within the lateness that is named', () => {
    const quiet = steps.findIndex(
      ({ event }, i) => i > 50 && event.type === 'control.time' && time(i + 1) > time(i),
    )
    const overtaken = bare(without(quiet)).slice(0, quiet + 1)
    const { configuration, strategies: instances } = definition
    const replayed = (latenessNs: number) =>
      replayEvents(configuration, instances, overtaken, { latenessNs })
    expect(replayed(0)).toMatchObject({ ok: false, position: quiet })
    expect(replayed(time(quiet + 1) - time(quiet))).toMatchObject({ ok: true })
  })
})

describe('over random sessions', () => {
  propertyTest.prop([sessions()], { numRuns: 30 })(
    'a recorded backtest is equal, with digests and without',
    (each) => {
      const run = recorded(each).steps
      expect(replay(run, each)).toMatchObject({ ok: true, positions: run.length })
      expect(replay(bare(run), each)).toMatchObject({ ok: true, positions: run.length })
    },
  )

  propertyTest.prop([sessions(), fc.nat(), fc.constantFrom('gone', 'twice', 'swapped')], {
    numRuns: 60,
  })('an Event that is gone, twice or swapped is named where it stood', (each, pick, what) => {
    const run = recorded(each).steps
    const at = 1 + (pick % (run.length - 2))
    const step = run[at]!
    const next = run[at + 1]!
    const middle = { gone: [next], twice: [step, step, next], swapped: [next, step] }[what]!
    const changed = numbered([...run.slice(0, at), ...middle, ...run.slice(at + 2)])
    const position = what === 'twice' ? at + 1 : at
    expect(replay(changed, each)).toMatchObject({ ok: false, position })
  })

  propertyTest.prop([plans({ terminalOrdersKept: 256 })], { numRuns: 100 })(
    'with requests that fail, late records and a Venue that answers as it likes, too',
    (plan) => {
      const run: RecordedStep[] = []
      play(plan, ({ state }, event, result) => {
        run.push({ position: result.position, event, stateDigest: state.digest() })
      })
      expect(replayEvents(plan.config, strategies(), run)).toMatchObject({ ok: true })
    },
  )
})
