import { describe, expect, test } from 'vitest'
import {
  type ControlTimeSignal,
  type FeedHealthSignal,
  type IntentSignal,
  machineNames,
  machines,
  type OrderSignal,
  type QueueSlotSignal,
  type RateGateSignal,
  type SessionSignal,
  type SupervisionSignal,
  type TradingSwitchSignal,
} from '../../machines/index.ts'
import { expectTable } from './oracle.ts'

/** The other machines against tables written by hand, and rules that hold for all of them. */
describe('hand-written tables', () => {
  test('a key has at most one command waiting and one request out', () => {
    expectTable(
      machines['queue-slot'].chart,
      `
      state                 admitted              withdrawn dispatched settled
      empty                 pending               -         -          -
      pending               pending               empty     inflight   -
      inflight              pendingBehindInflight -         -          empty
      pendingBehindInflight pendingBehindInflight inflight  -          pending
      `,
    )
  })

  test('an Intent ends in exactly one of four ways, and only from its place', () => {
    expectTable(
      machines['intent-lifecycle'].chart,
      `
      state               allowed       denied         admitted superseded invalidated dispatched transmitted dispatchFailed      settled             disposed
      generated           policyDecided policyRejected -        -          -           -          -           -                   -                   -
      policyDecided       -             -              pending  superseded invalidated -          -           -                   -                   -
      pending             -             -              -        superseded invalidated dispatched -           -                   -                   -
      dispatched          -             -              -        -          -           -          inflight    closedAfterDispatch -                   -
      inflight            -             -              -        -          -           -          -           closedAfterDispatch closedAfterDispatch closedAfterDispatch
      policyRejected      -             -              -        -          -           -          -           -                   -                   -
      superseded          -             -              -        -          -           -          -           -                   -                   -
      invalidated         -             -              -        -          -           -          -           -                   -                   -
      closedAfterDispatch -             -              -        -          -           -          -           -                   -                   -
      `,
    )
  })

  test('an obligation is single, consumed once, and survives a failure', () => {
    expectTable(
      machines['control-time'].chart,
      `
      state   installed cleared realized failed
      none    pending   none    -        -
      pending pending   none    none     pending
      `,
    )
  })

  test('a limit of 0 is not a matter of time', () => {
    expectTable(
      machines['rate-gate'].chart,
      `
      state     exhausted recovered limitZeroed limitRaised
      open      throttled -         shut        -
      throttled -         open      shut        -
      shut      -         -         -           open
      `,
    )
  })

  test('a halted session does not trade again', () => {
    expectTable(
      machines.session.chart,
      `
      state    started drainRequested drained failed closed
      warming  trading draining       -       halted -
      trading  -       draining       -       halted -
      draining -       draining       closed  halted -
      halted   -       -              -       halted closed
      closed   -       -              -       -      -
      `,
    )
  })
})

describe('rules for every machine', () => {
  test.each(machineNames)('%s: name, id and description agree', (name) => {
    const { machine, chart, description } = machines[name]
    expect(machine.id).toBe(name)
    expect(chart.id).toBe(name)
    expect(description).not.toBe('')
  })

  test.each(machineNames)('%s: every state says in words what it means', (name) => {
    for (const node of Object.values(machines[name].machine.states)) {
      expect(node.description, node.id).toMatch(/^[A-Z].+\.$/)
    }
  })

  test.each(machineNames)('%s: a pure table, without memory or actions', (name) => {
    expect(machines[name].chart.pure).toBe(true)
    expect(machines[name].machine.config.context).toBeUndefined()
  })

  test.each(machineNames)('%s: its types name exactly the signals its states handle', (name) => {
    const { chart } = machines[name]
    const types: readonly string[] = chart.signals
    expect(Object.keys(declared[name]).sort()).toEqual([...types].sort())
    expect(Object.values<number>(chart.signal)).toEqual(types.map((_, code) => code))
  })

  test('L5: no stage of an Intent is a state of an Order', () => {
    const stages: readonly string[] = machines['intent-lifecycle'].chart.states
    const orders: readonly string[] = machines['order-lifecycle'].chart.states
    expect(stages.filter((stage) => orders.includes(stage))).toEqual([])
  })
})

/** The signal unions once more, as values: the compiler demands each name, and no other. */
type Every<S extends { type: string }> = Record<S['type'], 1>
const declared = {
  'order-lifecycle': {
    accepted: 1,
    rejected: 1,
    partiallyFilled: 1,
    filled: 1,
    canceled: 1,
    expired: 1,
    replaced: 1,
    replaceRejected: 1,
    cancelRejected: 1,
    disposedCanceled: 1,
    disposedRejected: 1,
  } satisfies Every<OrderSignal>,
  'intent-lifecycle': {
    allowed: 1,
    denied: 1,
    admitted: 1,
    superseded: 1,
    invalidated: 1,
    dispatched: 1,
    transmitted: 1,
    dispatchFailed: 1,
    settled: 1,
    disposed: 1,
  } satisfies Every<IntentSignal>,
  'queue-slot': {
    admitted: 1,
    withdrawn: 1,
    dispatched: 1,
    settled: 1,
  } satisfies Every<QueueSlotSignal>,
  'rate-gate': {
    exhausted: 1,
    recovered: 1,
    limitZeroed: 1,
    limitRaised: 1,
  } satisfies Every<RateGateSignal>,
  'control-time': {
    installed: 1,
    cleared: 1,
    realized: 1,
    failed: 1,
  } satisfies Every<ControlTimeSignal>,
  session: {
    started: 1,
    drainRequested: 1,
    drained: 1,
    failed: 1,
    closed: 1,
  } satisfies Every<SessionSignal>,
  'trading-switch': { tradingEnabled: 1, tradingDisabled: 1 } satisfies Every<TradingSwitchSignal>,
  'feed-health': {
    received: 1,
    silenceNoted: 1,
    gapDetected: 1,
    restored: 1,
    ended: 1,
  } satisfies Every<FeedHealthSignal>,
  supervision: {
    started: 1,
    crashed: 1,
    restartDecided: 1,
    stopDecided: 1,
    escalateDecided: 1,
    stopRequested: 1,
  } satisfies Every<SupervisionSignal>,
}
