import { type CodedError, Core, type CoreEvent, digestStep, instantiate } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { CAPABILITIES, type Capability } from '../../actors/capability.ts'
import { fillSimulator } from '../../actors/fill-simulator.actor.ts'
import { newCounters } from '../../actors/monitor.actor.ts'
import type { Journal } from '../../actors/ports.ts'
import { type BacktestDefinition, runBacktest } from '../../runtime/backtest.ts'
import { backtestCapabilities } from '../../runtime/environment.ts'
import { EventLog } from '../../runtime/event-log/event-log.ts'
import {
  type EventOrder,
  type ProcessingContext,
  processingContext,
} from '../../runtime/processing-context.ts'
import { startTopology } from '../../runtime/run-topology.ts'
import { session } from '../../runtime/session.ts'
import { backtestOf, making, market } from '../kit/backtest.ts'
import { testContext } from '../kit/context.ts'

/**
 * The scope of an invocation: what it is made of, what it refuses, and that nothing of it comes
 * near the Core.
 */

const definition = backtestOf(market(5, 10))
const withContext = (parts: Partial<ProcessingContext>): BacktestDefinition => ({
  ...definition,
  context: processingContext({ ...definition.context, ...parts }),
})

/** The session of a definition, not started. */
function sessionOf(from: BacktestDefinition, journal: Journal = new EventLog()) {
  const { configuration, strategies, feed, origin, seed, context, name } = from
  const core = new Core(configuration, strategies)
  const venue = fillSimulator(from.venue)
  const observers = { recording: { fills: [], equity: [] }, counters: newCounters() }
  const parts = { name, core, seed, context, ...observers }
  return { core, value: session({ origin, feed, venue, journal }, parts) }
}

function refusal(act: () => unknown) {
  try {
    act()
  } catch (thrown) {
    const { code, facts } = thrown as CodedError
    return { code, ...facts }
  }
  throw new Error('nothing was refused')
}

/** Every object that can be reached from `value` by its own properties and entries. */
function reachable(value: unknown, found = new Set<unknown>()): Set<unknown> {
  if (value === null || typeof value !== 'object' || found.has(value)) return found
  // Columns hold numbers; a million of them would be a million keys.
  if (ArrayBuffer.isView(value)) return found
  found.add(value)
  const entries = value instanceof Map ? [...value].flat() : Object.values(value)
  for (const part of entries) reachable(part, found)
  return found
}

describe('X4 a processing context', () => {
  test('is frozen to its depth and holds plain words alone', () => {
    const context = testContext()
    for (const part of reachable(context)) expect(Object.isFrozen(part)).toBe(true)
    expect(JSON.parse(JSON.stringify(context))).toEqual(context)
    expect(() => (context.capabilities as Capability[]).push('accountSnapshot')).toThrow(TypeError)
  })

  test('is a copy: what becomes of its parts is nothing to it', () => {
    const configuration = { version: '1', fingerprint: 'a' }
    const capabilities: Capability[] = ['clockView']
    const context = testContext({ configuration, capabilities })
    capabilities.push('marketInput')
    configuration.fingerprint = 'b'
    expect(context).toMatchObject({
      configuration: { fingerprint: 'a' },
      capabilities: ['clockView'],
    })
  })

  test('names each capability once, in one order', () => {
    const given: Capability[] = ['marketInput', 'clockView', 'marketInput']
    expect(testContext({ capabilities: given }).capabilities).toEqual(['clockView', 'marketInput'])
  })

  test.each([
    ['capabilities', { capabilities: ['telepathy' as Capability] }, 'telepathy'],
    ['mergePolicy', { mergePolicy: 'randomFirst' as EventOrder }, 'randomFirst'],
  ])('refuses unknown %s by name', (field, parts, found) => {
    expect(refusal(() => testContext(parts))).toMatchObject({
      code: 'ESC_TOPOLOGY',
      field: `context.${field}`,
      found,
    })
  })

  test('of a program refers to its session and strategy, whatever kind of values that takes', () => {
    const fingerprint = (params: object, seed = 1) => {
      const strategy = instantiate({ name: 's', init: () => null, decide: () => ({}) }, params)
      return backtestOf(market(5, 1), { seed }, strategy).context.configuration.fingerprint
    }
    const odd = { big: 1n, map: new Map(), not: () => 0, none: undefined }
    expect(fingerprint(odd)).toBe(fingerprint({ ...odd }))
    const all = [fingerprint(odd), fingerprint({ ...odd, big: 2n }), fingerprint(odd, 2)]
    expect(new Set(all).size).toBe(3)
  })
})

describe('X4 a topology is refused', () => {
  test.each([
    ['clock', 'clockView'],
    ['feed', 'marketInput'],
    ['core', 'orderSubmission'],
    ['scheduler', 'wakeUpSource'],
    ['feedback', 'executionFeedback'],
  ] as const)('when its %s asks for a %s that the context lacks', (actor, lacking) => {
    const capabilities = backtestCapabilities.filter((name) => name !== lacking)
    expect(refusal(() => sessionOf(withContext({ capabilities })))).toMatchObject({
      code: 'ESC_TOPOLOGY',
      field: `${actor}, capabilities`,
      needed: `an environment that offers ${lacking}`,
    })
  })

  test('before anything runs: nothing is written', () => {
    const log: unknown[] = []
    const sink = { write: (bytes: Uint8Array) => void log.push(bytes) }
    const without = withContext({ capabilities: [] })
    expect(refusal(() => runBacktest(without, { sink })).code).toBe('ESC_TOPOLOGY')
    expect(log).toEqual([])
  })

  test('when the context refers to another Configuration than the Core has', () => {
    const configuration = { version: '2', fingerprint: 'x' }
    expect(refusal(() => sessionOf(withContext({ configuration })))).toMatchObject({
      code: 'ESC_TOPOLOGY',
      field: 'context.configuration.version',
      found: '2',
    })
  })
})

describe('X4 the Core', () => {
  test('gives the same results for one Configuration, whatever else the context says', () => {
    const { eventLogHash, stateHash } = runBacktest(definition)
    const others: Partial<ProcessingContext>[] = [
      { capabilities: CAPABILITIES },
      { configuration: { ...definition.context.configuration, fingerprint: 'another name' } },
    ]
    for (const parts of others) {
      expect(runBacktest(withContext(parts))).toMatchObject({ eventLogHash, stateHash })
    }
  })

  test.each(['executionFirst', 'marketFirst'] as const)(
    'knows positions alone: a stream merged %s gives the same steps without any context',
    (mergePolicy) => {
      const { events, digests } = recorded(withContext({ mergePolicy }))
      const core = new Core(definition.configuration, [making()])
      const again = events.map((event, position) => {
        const result = core.step(position, event)
        expect(result.position).toBe(position)
        return digestStep(core.state, event, result).hex()
      })
      expect(again).toEqual(digests)
    },
  )

  test('is given no object of the context, in no Event, result or State', () => {
    const from = withContext({ configuration: { version: '1', fingerprint: 'SECRET-NAME' } })
    const { events, results, core } = recorded(from)
    const parts = reachable(from.context)
    const near = reachable([events, results, core.state])
    expect(parts.size).toBe(3)
    expect([...parts].filter((part) => near.has(part))).toEqual([])
    expect(Buffer.from(core.state.serialise()).includes('SECRET-NAME')).toBe(false)
  })
})

/** Runs a session and keeps its Events, a digest a step, and the results that observers see. */
function recorded(from: BacktestDefinition) {
  const events: CoreEvent[] = []
  const digests: string[] = []
  const results: unknown[] = []
  const { core, value } = sessionOf(from, {
    append: (_position, event) => void events.push(event),
    commit: (_position, step) => void digests.push(step.hex()),
  })
  const system = startTopology(value, {
    prepare: (started) => {
      started.tap('core', 'summary').subscribe((summary) => void results.push(summary))
    },
  })
  system.run()
  return { core, events, digests, results }
}
