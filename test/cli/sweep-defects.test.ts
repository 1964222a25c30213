/**
 * Twelve ways in which a runner of experiments can be wrong without saying so, each seen in one that
 * was in use. For each a test that fails if it comes back; no threads, so each is about one run.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { encodeDataset } from '../../adapters/dataset/codec.ts'
import { DirectoryStore } from '../../adapters/experiment-directory/directory-store.ts'
import { canonicalJson } from '../../runtime/canonical-json.ts'
import { planFile } from '../../runtime/cli/experiment/plan-file.ts'
import { Runner } from '../../runtime/cli/experiment/runner.ts'
import { gridOf } from '../../runtime/experiment/points.ts'
import { finalize, pendingJobs } from '../../runtime/experiment/run-experiment.ts'
import { market } from '../kit/backtest.ts'
import { folderWith } from '../kit/cli.ts'
import { experimentConfig, experimentOf, MemoryStore, planOf } from '../kit/experiment.ts'
import {
  environment,
  experimentFolder,
  ranHere,
  readJson,
  TOUCHY,
  touchyExperiment,
} from '../kit/sweep.ts'

const rows = market(3, 2, 800)
const { originNs } = rows
const at = (ms: number): string => (originNs + BigInt(ms) * 1_000_000n).toString()
const data = [{ synthetic: { seed: 3, durationSeconds: 2, rowsPerSecond: 800 }, instrument: 'BTC' }]
const INTERVAL = 'strategy.params.intervalMs'

const resultsOf = ({ files }: MemoryStore) =>
  [...files]
    .filter(([path]) => path.endsWith('result.json'))
    .map(([, bytes]) => JSON.parse(new TextDecoder().decode(bytes)))

describe('what must not come back', () => {
  test('1: parameters of a sweep that are written down and not applied', async () => {
    const folder = experimentFolder(
      experimentConfig({ sweeps: { [INTERVAL]: [100, 300] } }, { data }),
    )
    const { store } = await ranHere(folder)
    const [a, b] = resultsOf(store)
    expect([a.parameters, b.parameters]).toEqual([{ [INTERVAL]: 100 }, { [INTERVAL]: 300 }])
    for (const name of ['configFingerprint', 'eventLogHash', 'stateHash', 'decisions']) {
      expect(a[name], name).not.toBe(b[name])
    }
    const { config } = store.json('runs/all/sweep_0001/definition.json')
    expect(config).toMatchObject({ strategy: { params: { intervalMs: 300 } } })
  })

  test('2: data of another symbol than the one asked for', async () => {
    const folder = experimentFolder(
      experimentConfig({}, { data: [{ path: 'd.arrow', instrument: 'BTC' }] }),
    )
    writeFileSync(join(folder, 'd.arrow'), encodeDataset(rows, { symbol: 'ETH' }))
    const { reports, store } = await ranHere(folder)
    expect(reports[0]).toMatchObject({ status: 'failed', error: { code: 'ESC_BINANCE_SYMBOL' } })
    expect(resultsOf(store)).toEqual([])
  })

  test('3: a listing that ends after a thousand names', async () => {
    const store = new DirectoryStore(folderWith())
    for (let i = 0; i < 1_100; i++) await store.write(`runs/all/${i}`, new Uint8Array(0))
    expect(await store.list('runs/all')).toHaveLength(1_100)
  })

  test('4: a range that loses its last value, or never ends, or has no value', () => {
    const lengthOf = (spec: unknown) => gridOf(experimentOf({ sweeps: { [INTERVAL]: spec } })).count
    expect(lengthOf({ start: 0, stop: 1000, step: 0.1 })).toBe(10_001)
    expect(() => lengthOf({ start: 0, stop: 1, step: 0 })).toThrow(/ESC_SWEEP_SPEC/)
    expect(() => lengthOf([])).toThrow(/ESC_SWEEP_SPEC/)
  })

  test('5: a plan that depends on the order in which things are listed, or on sizes of files', () => {
    const windows = { b: { start: at(0), end: at(9) }, a: { start: at(0), end: at(9) } }
    const reversed = Object.fromEntries(Object.entries(windows).reverse())
    const [one, other] = [windows, reversed].map((listed) =>
      planOf(experimentOf({ splits: { windows: listed } })),
    )
    expect(canonicalJson(one)).toBe(canonicalJson(other))
    expect(one!.groups.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  test('6: a failed run of which nothing is left', async () => {
    const folder = experimentFolder(touchyExperiment([2], {}), { 'touchy.mjs': TOUCHY })
    const { store } = await ranHere(folder, new MemoryStore(), 'failed')
    expect([...store.files.keys()].map((path) => path.split('/').at(-1))).toEqual([
      'definition.json',
      '000000.seg',
      'failure.json',
      '_FAILED',
    ])
    expect(store.json('failed/all/sweep_0000/attempt_0001/failure.json')).toMatchObject({
      status: 'failed',
      stage: 'run',
      error: { code: 'ESC_STRATEGY_FAILED' },
    })
  })

  test('7: a mark that is there before what it vouches for', async () => {
    const folder = experimentFolder(experimentConfig({}, { data }))
    const { store } = await ranHere(folder, new MemoryStore(), 'all')
    expect(store.written.indexOf('runs/all/sweep_0000/_DONE')).toBe(store.written.length - 1)
    expect(store.written.at(-2)).toBe('runs/all/sweep_0000/manifest.json')
  })

  test('8: counts of what was planned in place of what was done', async () => {
    const folder = experimentFolder(touchyExperiment([0, 2, 8, 9], {}), { 'touchy.mjs': TOUCHY })
    const { plan, store } = await ranHere(folder)
    expect(await finalize(plan, store)).toMatchObject({
      status: 'partial',
      completed: 3,
      failed: 1,
    })
    store.files.delete('runs/all/sweep_0003/_DONE')
    expect(await finalize(plan, store)).toMatchObject({
      status: 'partial',
      completed: 2,
      failed: 1,
    })
  })

  test('9: data that somebody is still writing, or has changed since the plan', async () => {
    const folder = experimentFolder(
      experimentConfig({}, { data: [{ path: 'd.arrow', instrument: 'BTC' }] }),
    )
    const file = join(folder, 'd.arrow')
    const bytes = encodeDataset(rows, { symbol: 'BTC' })
    writeFileSync(file, bytes)
    const { plan, base } = await planFile(join(folder, 'e.json'))
    writeFileSync(file, bytes.subarray(0, bytes.length / 2))
    const store = new MemoryStore()
    const [job] = await pendingJobs(plan, store)
    const runner = new Runner({ base, store, keep: 'none', environment })
    expect(await runner.runOne(job!)).toMatchObject({ error: { code: 'ESC_EXPERIMENT_INPUT' } })
    writeFileSync(file, bytes)
    expect(await runner.runOne(job!)).toMatchObject({ status: 'done' })
  })

  test('10: results under one name that replace each other, or logs that grow together', async () => {
    const folder = experimentFolder(experimentConfig({}, { data }))
    const { plan, base } = await planFile(join(folder, 'e.json'))
    const store = new DirectoryStore(join(folder, 'out'))
    const runner = new Runner({ base, store, keep: 'all', environment })
    const [job] = await pendingJobs(plan, store)
    const log = () => readFileSync(join(folder, 'out/runs/all/sweep_0000/events/000000.seg'))
    await runner.runOne(job!)
    const first = log()
    await runner.runOne(job!)
    expect(log().equals(first)).toBe(true)
    const other = planOf(experimentOf({}, { seed: 2 }))
    expect((await pendingJobs(other, store)).length).toBe(1)
  })

  test('11: segments that change the result', async () => {
    const window = { start: at(200), end: at(1_900) }
    const found = async (segments: object) => {
      const config = experimentConfig({ segments }, { data, window })
      return resultsOf((await ranHere(experimentFolder(config))).store)
    }
    const [whole] = await found({})
    const [cut] = await found({ count: 5 })
    const { segments, identity, ...same } = whole
    expect(cut).toMatchObject(same)
    expect(cut.segments).toHaveLength(5)
    expect(cut.identity).not.toBe(identity)
    const sum = (of: 'fills' | 'decisions') =>
      cut.segments.reduce(
        (total: number, segment: Record<string, number>) => total + segment[of]!,
        0,
      )
    expect([sum('fills'), sum('decisions')]).toEqual([whole.fills, segments[0].decisions])
    expect(whole.fills).toBeGreaterThan(3)
    const apart = await found({ policy: 'independent', count: 2 })
    expect(apart).toHaveLength(2)
    expect(new Set([whole, ...apart].map(({ eventLogHash }) => eventLogHash)).size).toBe(3)
  })

  test('12: times and surroundings of a scheduler in place of those of the run', async () => {
    const folder = experimentFolder(experimentConfig({ sweeps: { seed: [1, 2] } }, { data }))
    const before = Date.now()
    const { store, plan } = await ranHere(folder)
    const times = ['sweep_0000', 'sweep_0001'].map((sweep) => {
      const { lifecycle } = store.json(`runs/all/${sweep}/manifest.json`) as {
        lifecycle: { startedAt: string; finishedAt: string }
      }
      return [Date.parse(lifecycle.startedAt), Date.parse(lifecycle.finishedAt)] as const
    })
    const order = [before, ...times.flat(), Date.now()]
    expect([...order].sort((a, b) => a - b)).toEqual(order)
    expect(canonicalJson(plan)).not.toMatch(/startedAt|createdAt|WORKFLOW/)
    expect(readJson(folder, 'e.json').experiment).toMatchObject({ id: 'grid' })
  })
})

describe('a folder as a store', () => {
  test.each(['../up', 'a/../b', '/etc/passwd', 'a//b', '.hidden', 'a/./b', 'a\\b'])(
    'does not write %s',
    async (path) => {
      const store = new DirectoryStore(folderWith())
      await expect(store.write(path, new Uint8Array(0))).rejects.toThrow(/ESC_EXPERIMENT_DIRECTORY/)
      await expect(store.read(path)).rejects.toThrow(/ESC_EXPERIMENT_DIRECTORY/)
    },
  )

  test('gives back what was written, nothing where nothing is, and no file half written', async () => {
    const store = new DirectoryStore(join(folderWith(), 'deep', 'er'))
    expect(await store.read('a/b')).toBeNull()
    expect(await store.list('a')).toEqual([])
    for (const isDurable of [true, false]) {
      await store.write('a/b', new Uint8Array([1, 2]), isDurable)
      expect([...(await store.read('a/b'))!]).toEqual([1, 2])
    }
    writeFileSync(join(store.root, 'a', 'c.1-0.tmp'), 'half')
    expect(await store.list('a')).toEqual(['b'])
    await store.remove('a/b')
    await store.remove('a/b')
    expect(await store.read('a/b')).toBeNull()
    await expect(store.write('a', new Uint8Array(0))).rejects.toThrow(/ESC_OUTPUT/)
  })
})
