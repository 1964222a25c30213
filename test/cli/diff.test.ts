/** `escapement diff`: where two run directories part, and what is different there. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test as propertyTest } from '@fast-check/vitest'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeNpz } from '../../adapters/npz/encode.ts'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import { diffCommand } from '../../runtime/cli/diff.command.ts'
import type { RunDiff } from '../../runtime/cli/diff-runs.ts'
import { escapement, folderWith, onlyJson } from '../kit/cli.ts'
import { type Config, configAfter, smallConfig } from '../kit/cli-config.ts'
import { readLog, recordsOf } from '../kit/cli-log.ts'
import { contentOf, inProcess, ranIn } from '../kit/cli-run.ts'

const diff = (a: string, b: string, isJson = true, base?: string) =>
  inProcess(isJson, (output) => diffCommand(a, b, base === undefined ? {} : { base }, output))
const found = async (a: string, b: string) => {
  const ended = await diff(a, b)
  return { code: ended.code, diff: onlyJson(ended) as unknown as RunDiff & { status: string } }
}
const difference = async (a: string, b: string) => (await found(a, b)).diff.difference!

/** Bids at the best price each 100 ms, and from the decision `turnsAt` on a tick below. */
const turning = `export const strategy = {
  name: 'turning',
  init: ({ turnsAt }) => ({ asked: 0, turnsAt }),
  decide(view, { asked, turnsAt }) {
    const memory = { asked: asked + 1, turnsAt }
    const wakeAt = view.now + 100_000_000
    const touch = view.touch()
    if (touch === null || view.openOrders().length > 0) return { wakeAt, memory }
    const key = view.newOrderKey()
    const price = touch.bid - (asked >= turnsAt ? 1 : 0)
    const terms = { side: 1, orderType: 'limit', timeInForce: 'IOC', price, qty: 5 }
    return { wakeAt, memory, intents: [{ type: 'intent.new', key, instrument: 0, ...terms }] }
  },
}`
const turningAt = (turnsAt: number): Promise<{ readonly run: string }> =>
  // What turns is in the module itself: a parameter would stand in the memory from the start.
  ranIn(
    { ...smallConfig(), strategy: { module: './s.mjs', params: { turnsAt: 0 } } },
    { 's.mjs': turning.replaceAll('asked >= turnsAt', `asked >= ${turnsAt}`) },
  )

describe('diff names the first position', () => {
  propertyTest.prop([fc.integer({ min: 2, max: 48 })], { numRuns: 4 })(
    'of a strategy that does something else from a decision on',
    async (turnsAt) => {
      const [a, b] = [(await turningAt(1_000)).run, (await turningAt(turnsAt)).run]
      const { code, diff } = await found(a, b)
      expect(code).toBe(1)
      const { events } = readLog(recordsOf(a))
      const wakeUps = events.filter(({ event }) => event.type === 'control.time')
      const { position, parts, repeated, stepDigest } = diff.difference!
      // The first decision is at position 0, the next ones at wake-ups.
      expect(position).toBe(wakeUps[turnsAt - 1]!.position)
      expect(parts).toContain('decision')
      expect(parts).not.toContain('event')
      expect(stepDigest.a).not.toBe(stepDigest.b)
      expect(repeated!.decision.a).not.toBe(repeated!.decision.b)
      const inflight = repeated!.state.find(({ field }) => /^inflight\..*price$/.test(field))!
      expect(inflight.b).toBe((inflight.a as number) - 1)
      expect(repeated!.state.map(({ field }) => field)).not.toContain('control.clock')
      expect(diff.definition.map(({ field }) => field)).toEqual(['strategies[0].identity'])
    },
  )

  it('of another seed: the session begins with it', async () => {
    const [a, b] = [await ranIn(smallConfig()), await ranIn(configAfter('seed = 2'))]
    const { diff } = await found(a.run, b.run)
    expect(diff.difference).toMatchObject({ position: 0, parts: ['event', 'state'] })
    expect(diff.difference!.event.a).toContain('"seed":1')
    expect(diff.definition).toEqual([{ field: 'config.seed', a: 1, b: 2 }])
  })

  it('of another latency: the first report that comes at another time', async () => {
    const [a, b] = [
      await ranIn(smallConfig()),
      await ranIn(configAfter('venue.latency.responseNs = 6000000')),
    ]
    const { diff } = await found(a.run, b.run)
    const { events } = readLog(recordsOf(a.run))
    const first = events.find(({ event }) => event.type === 'order.accepted')!
    expect(diff.difference!.event.a).toContain(`order.accepted {"time":${first.event.time},`)
    expect(diff.difference!.position).toBe(first.position)
    expect(diff.difference!.repeated!.state).toContainEqual({
      field: 'control.clock',
      a: first.event.time,
      b: first.event.time + 1_000_000,
    })
  })

  it('of other data: the row that is another one, though ranges of rows are the same', async () => {
    const rows = syntheticMarket({ seed: 4, durationSeconds: 5, rowsPerSecond: 800 })
    const qty = rows.qty.slice()
    const at = 2_000
    qty[at] = qty[at]! + 1
    const files = (changed: typeof rows) => ({ 'm.npz': Buffer.concat(encodeNpz(changed)) })
    const config = { ...smallConfig(), data: [{ path: 'm.npz', instrument: 'BTC' }] }
    const a = await ranIn(config, files(rows))
    const b = await ranIn(config, files({ ...rows, qty }))
    const { diff } = await found(a.run, b.run)
    const { event, parts } = diff.difference!
    expect(parts[0]).toBe('event')
    expect(event.a).toBe(event.b)
    const [, from, to] = /"from":(\d+),"to":(\d+)/.exec(event.a!)!.map(Number)
    expect(from).toBeLessThanOrEqual(at)
    expect(to).toBeGreaterThan(at)
    expect(diff.definition.map(({ field }) => field)).toEqual(['data[0].hash'])
  })
})

describe('diff of equal runs says so', () => {
  it('exit 0, whatever else the log holds, and nothing is written', async () => {
    const a = await ranIn(smallConfig())
    const folder = folderWith({ 'c.json': JSON.stringify(smallConfig()) })
    const run = join(folder, 'run')
    const ended = await escapement(['backtest', 'c.json', '--out', run, '--log', 'full'], {
      cwd: folder,
    })
    expect(ended.code, ended.stderr).toBe(0)
    const before = [contentOf(a.folder), contentOf(folder)]
    const { code, diff } = await found(a.run, run)
    expect(code).toBe(0)
    expect(diff).toMatchObject({ schema: 'escapement/diff-1', status: 'same', difference: null })
    expect(diff.definition).toEqual([])
    expect([contentOf(a.folder), contentOf(folder)]).toEqual(before)
  })

  it('with a State that is stated otherwise they are not equal', async () => {
    const [a, b] = [await ranIn(smallConfig()), await ranIn(smallConfig())]
    const file = join(b.run, 'summary.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/("stateHash": ")./, '$1x'))
    const { code, diff } = await found(a.run, b.run)
    expect(code).toBe(1)
    expect(diff).toMatchObject({ status: 'differs', difference: null })
    expect(diff.hashes.map(({ field }) => field)).toEqual(['stateHash'])
  })
})

describe('diff as text', () => {
  it('through the real command line: how they were made, the position, both sides', async () => {
    const a = await ranIn(smallConfig())
    const b = await ranIn(configAfter('venue.latency.entryNs = 6000000'))
    const ended = await escapement(['diff', a.run, b.run])
    expect(ended.code, ended.stderr).toBe(1)
    expect(ended.stdout).toContain('config.venue.latency.entryNs  5000000 -> 6000000')
    expect(ended.stdout).toMatch(/They differ first at position \d+: another event/)
    expect(ended.stdout).toMatch(/event a +order\.accepted/)
    expect(ended.stdout).toMatch(/State after it\n {2}control\.clock/)
    expect((await diff(a.run, a.run, false)).stdout).toContain('The runs are equal')
  })

  it('of one that was interrupted: where it ends', async () => {
    const [a, b] = [await ranIn(smallConfig()), await ranIn(smallConfig())]
    rmSync(join(b.run, '_DONE'))
    const log = join(b.run, 'events/000000.seg')
    const bytes = readFileSync(log)
    writeFileSync(log, bytes.subarray(0, bytes.length >> 1))
    const { event, parts, notRepeated } = await difference(a.run, b.run)
    expect([event.b, parts]).toEqual([null, []])
    expect(notRepeated).toContain('no such position')
    expect((await diff(a.run, b.run, false)).stdout).toContain('one run ended before it')
  })
})

describe('diff says what it could not look at', () => {
  const npz = Buffer.concat(
    encodeNpz(syntheticMarket({ seed: 4, durationSeconds: 5, rowsPerSecond: 800 })),
  )
  const onFile = (change: (config: Config) => void = () => undefined) => {
    const config: Config = { ...smallConfig(), data: [{ path: 'm.npz', instrument: 'BTC' }] }
    change(config)
    return ranIn(config, { 'm.npz': npz })
  }

  it('State, when the data are gone; the Events are in the logs', async () => {
    const a = await onFile()
    const b = await onFile(({ venue }) => Object.assign(venue.latency as object, { entryNs: 6e6 }))
    const whole = await difference(a.run, b.run)
    expect(whole.repeated).not.toBeNull()
    const elsewhere = folderWith()
    renameSync(join(b.folder, 'm.npz'), join(elsewhere, 'm.npz'))
    const partly = await difference(a.run, b.run)
    expect(partly).toMatchObject({ position: whole.position, repeated: null })
    expect(partly.notRepeated).toContain('--base')
    const { stdout } = await diff(a.run, b.run, true, elsewhere)
    expect(JSON.parse(stdout)).toMatchObject({ difference: whole })
  })

  it.each([
    ['a folder that is not there', () => join(folderWith(), 'none'), 'ESC_RUN_DIRECTORY'],
    ['a folder of something else', () => folderWith({ 'a.txt': '' }), 'ESC_RUN_DIRECTORY'],
  ])('%s is bad input', async (_claim, other, code) => {
    const { run } = await ranIn(smallConfig())
    for (const pair of [[run, other()] as const, [other(), run] as const]) {
      const ended = await diff(...pair)
      expect(ended.code).toBe(2)
      expect(onlyJson(ended)).toMatchObject({ code })
    }
  })

  it('a log of a run that is done and damaged is bad input', async () => {
    const [a, b] = [await ranIn(smallConfig()), await ranIn(smallConfig())]
    expect(existsSync(join(b.run, '_DONE'))).toBe(true)
    const [segment] = readdirSync(join(b.run, 'events')).filter((name) => name.endsWith('.seg'))
    const file = join(b.run, 'events', segment!)
    const bytes = readFileSync(file)
    bytes[bytes.length - 40]! ^= 1
    writeFileSync(file, bytes)
    const ended = await diff(a.run, b.run)
    expect(ended.code).toBe(2)
    expect(onlyJson(ended)).toMatchObject({ code: 'ESC_LOG_DAMAGED', facts: { file } })
  })
})
