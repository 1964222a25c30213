import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CoreEvent } from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { escapement, folderWith, onlyJson } from '../kit/cli.ts'
import { type Config, smallConfig } from '../kit/cli-config.ts'
import { readLog, recordsOf } from '../kit/cli-log.ts'

/** A strategy that quotes each 100 ms and does `what` at its 20th decision. */
const failing = (what: string) => `
  const order = (view, parts) => ({
    type: 'intent.new', key: view.newOrderKey(), instrument: 0, side: 1, orderType: 'limit',
    timeInForce: 'GTC', price: view.touch().bid, qty: 1, ...parts,
  })
  export const strategy = {
    name: 'failing',
    init: () => ({ asked: 0 }),
    decide(view, { asked }) {
      const next = { wakeAt: view.now + 100_000_000, memory: { asked: asked + 1 } }
      if (view.touch() === null) return next
      if (asked < 20) return { ...next, intents: [order(view)] }
      ${what}
    },
  }`

const GARBAGE: readonly (readonly [claim: string, what: string, message: string])[] = [
  ['throws', "throw new Error('the wheel came off')", 'the wheel came off'],
  ['throws something that is no error', "throw 'a word'", 'a word'],
  ['returns nothing', 'return undefined', 'decision; found undefined'],
  ['returns a number', 'return 5', 'decision; found 5'],
  ['returns intents that are no array', 'return { ...next, intents: {} }', 'decision.intents'],
  ['returns an intent that is null', 'return { ...next, intents: [null] }', 'decision.intents[0]'],
  [
    'returns an unknown intent',
    "return { ...next, intents: [order(view, { type: 'buy' })] }",
    'decision.intents[0].type; found buy',
  ],
  [
    'returns a side of 2',
    'return { ...next, intents: [order(view, { side: 2 })] }',
    'decision.intents[0].side; found 2',
  ],
  ['wants to wake in the past', 'return { wakeAt: view.now - 1 }', 'decision.wakeAt'],
  ['wants to wake now', 'return { wakeAt: view.now }', 'decision.wakeAt'],
  ['wants to wake at a fraction', 'return { wakeAt: view.now + 0.5 }', 'decision.wakeAt'],
  ['remembers a Map', 'return { ...next, memory: { seen: new Map() } }', 'memory.seen; found Map'],
  [
    'remembers a function',
    'return { ...next, memory: { again: () => 1 } }',
    'memory.again; found function',
  ],
  ['changes its memory in place', 'arguments[1].asked++; return next', 'read only'],
]

async function run(what: string, control: Record<string, unknown> = {}) {
  const config: Config = { ...smallConfig(), strategy: { module: './s.mjs' }, control }
  const folder = folderWith({ 'c.json': JSON.stringify(config), 's.mjs': failing(what) })
  const ended = await escapement(['backtest', 'c.json', '--json', '--out', 'out'], { cwd: folder })
  const out = join(folder, 'out')
  const json = (name: string) =>
    JSON.parse(readFileSync(join(out, name), 'utf8')) as Record<string, unknown>
  return { ended, out, json, log: () => readLog(recordsOf(out)) }
}

describe('a strategy that fails in the middle ends the run with 1 and leaves what happened', () => {
  it.each(GARBAGE)('one that %s', async (_claim, what, message) => {
    const { ended, out, json, log } = await run(what)
    expect(ended.code).toBe(1)
    const said = onlyJson(ended)
    expect(said).toMatchObject({ status: 'failed', code: 'ESC_STRATEGY_FAILED', runDirectory: out })
    expect(said.message).toContain(message)
    const position = said.position as number
    expect(said.message).toContain(`position ${position}, strategy`)
    expect(ended.stderr).toContain(said.message as string)

    expect(json('manifest.json')).toMatchObject({ status: 'failed', position })
    expect(json('summary.json')).toMatchObject({
      status: 'failed',
      code: 'ESC_STRATEGY_FAILED',
      position,
    })
    expect(existsSync(join(out, '_FAILED'))).toBe(true)
    expect(existsSync(join(out, '_DONE'))).toBe(false)

    const { events, results, positions } = log()
    expect(positions).toEqual(Array.from({ length: position + 1 }, (_, i) => i))
    expect(results.at(-1)?.position).toBe(position)
    // The 21st decision: the wake-up of 2 s after the start.
    expect(events.at(-1)?.event).toMatchObject({ type: 'control.time', reason: 'wakeUp', due: 2e9 })
    expect(events.filter(({ event }) => event.type === 'order.submitted').length).toBe(19)
  })
})

describe("a strategy's own coded error is said once", () => {
  /** Imports the Core by its place: the module is loaded with a copy, whose classes are others. */
  const CORE = fileURLToPath(new URL('../../core/index.ts', import.meta.url))
  const coded = (where: string) => `
    import { CodedError } from '${CORE}'
    const fail = (at, code) => {
      if (at === '${where}') throw new CodedError(code, { field: 'wheel', found: 'off', needed: 'on' })
    }
    export const strategy = {
      name: 'coded',
      params: (raw) => { fail('params', 'ESC_STRATEGY_PARAMS'); return raw },
      init: () => { fail('init', 'ESC_STRATEGY_PARAMS'); return null },
      decide: () => { fail('decide', 'ESC_STRATEGY_FAILED'); return {} },
    }`

  it.each([
    ['params', 'ESC_STRATEGY_PARAMS', 2, 'wheel'],
    ['init', 'ESC_STRATEGY_PARAMS', 2, 'wheel'],
    ['decide', 'ESC_STRATEGY_FAILED', 1, 'position 0, strategy, wheel'],
  ])('of %s', async (where, code, exit, field) => {
    const config: Config = { ...smallConfig(), strategy: { module: './s.ts' } }
    const files = { 'c.json': JSON.stringify(config), 's.ts': coded(where) }
    const args = ['backtest', 'c.json', '--json', '--out', 'out']
    const ended = await escapement(args, { cwd: folderWith(files) })
    expect(ended.code).toBe(exit)
    expect(onlyJson(ended)).toMatchObject({ code, facts: { field, found: 'off', needed: 'on' } })
    expect((onlyJson(ended).message as string).match(/ESC_/g)).toHaveLength(1)
  })
})

describe('with onStrategyFailure "disable" the run goes on without the strategy', () => {
  it.each([GARBAGE[0]!, GARBAGE[2]!, GARBAGE.at(-3)!])(
    'one that %s',
    async (_claim, what, message) => {
      const { ended, out, json, log } = await run(what, { onStrategyFailure: 'disable' })
      expect(ended.code).toBe(0)
      expect(json('summary.json')).toMatchObject({ status: 'done', orders: 19 })
      expect(existsSync(join(out, '_DONE'))).toBe(true)
      const { events, runs } = log()
      const types = events.map(({ event }) => event.type)
      const at = types.indexOf('control.strategyDisabled')
      const disabled = events[at]!.event as CoreEvent & { reason: string; strategy: number }
      expect(disabled).toMatchObject({ time: 2e9, strategy: 0 })
      expect(disabled.reason).toContain(message.split('; ')[0])
      expect(types.lastIndexOf('control.strategyDisabled')).toBe(at)
      // The market goes on, nobody asks for a wake-up, and the last position closes the session.
      const { position } = events[at]!
      const after = runs.filter((one) => one.position > position)
      expect(after.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(100)
      expect(types.slice(at)).not.toContain('control.time')
      expect(types.at(-1)).toBe('control.sessionEnded')
    },
  )
})

describe('an Intent with values that no order can have is denied; the run goes on', () => {
  it.each([
    ['a price of NaN', '{ price: NaN }'],
    ['a price between two ticks', '{ price: view.touch().bid + 0.5 }'],
    ['half a lot', '{ qty: 0.5 }'],
    ['no quantity', '{ qty: 0 }'],
    ['an instrument that is not there', '{ instrument: 7 }'],
  ])('%s', async (_claim, parts) => {
    const { ended, log } = await run(`return { ...next, intents: [order(view, ${parts})] }`)
    expect(ended.code).toBe(0)
    const { denials, orders } = onlyJson(ended) as {
      denials: Record<string, number>
      orders: number
    }
    // 5 s of decisions each 100 ms, of which the first saw no book and twenty asked for the possible.
    expect(Object.values(denials)).toEqual([30])
    expect(orders).toBe(19)
    expect(log().events.filter(({ event }) => event.type === 'order.submitted').length).toBe(19)
  })
})
