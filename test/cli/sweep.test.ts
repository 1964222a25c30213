/**
 * `escapement sweep` with real threads and a real folder: every run must be what it would have been
 * alone, a failing one must disturb no other, and what the folder says must be what happened.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import { runBacktest } from '../../runtime/backtest.ts'
import { experimentCommand } from '../../runtime/cli/experiment.command.ts'
import { explainCommand } from '../../runtime/cli/explain.command.ts'
import { prepareConfig } from '../../runtime/cli/prepare-backtest.ts'
import type { BacktestConfig } from '../../runtime/config/schema.ts'
import { onlyJson } from '../kit/cli.ts'
import { contentOf, inProcess, ranIn } from '../kit/cli-run.ts'
import { experimentConfig } from '../kit/experiment.ts'
import {
  experimentFolder,
  ranHere,
  readJson,
  resultsIn,
  swept,
  sweptJson,
  TOUCHY,
  touchyExperiment,
} from '../kit/sweep.ts'

const sweeps = {
  'strategy.params.offsetTicks': { start: 0, stop: 1, step: 1 },
  'strategy.params.qtyLots': [1, 10],
}
/** Two seconds, from the origin of every made-up market. */
const short = [
  { synthetic: { seed: 3, durationSeconds: 2, rowsPerSecond: 800 }, instrument: 'BTC' },
]
const ORIGIN_NS = syntheticMarket({ seed: 1, durationSeconds: 1, rowsPerSecond: 10 }).originNs
const grid = experimentConfig({ sweeps }, { data: short })
/** The folder of this experiment, done on one worker; tests read it and change nothing. */
let whole = ''
let out = ''
beforeAll(async () => {
  whole = mkdtempSync(join(tmpdir(), 'escapement-test-'))
  out = join(whole, 'out')
  writeFileSync(join(whole, 'e.json'), JSON.stringify(grid))
  const found = await sweptJson(whole, { workers: '1', keep: 'all' })
  expect(found).toMatchObject({ status: 'success', expected: 4, completed: 4, failed: 0 })
}, 60_000)
afterAll(() => rmSync(whole, { recursive: true, force: true }))

const touchy = { 'touchy.mjs': TOUCHY }

const experiment = async (action: string, folder: string, run?: string) =>
  onlyJson(await inProcess(true, (output) => experimentCommand(action, folder, run, output)))

describe('a sweep', () => {
  test('gives every run the result of its run alone, on one worker or three', async () => {
    const results = resultsIn(out)
    expect(Object.keys(results)).toHaveLength(4)
    await sweptJson(whole, { workers: '3', out: join(whole, 'three') })
    expect(resultsIn(join(whole, 'three'))).toEqual(results)
    const csv = (folder: string) => readFileSync(join(whole, folder, 'results/results.csv'), 'utf8')
    expect(csv('three')).toBe(csv('out'))
    for (const [path, text] of Object.entries(results)) {
      const definition = readJson(out, 'runs', path, '../definition.json')
      const { definition: alone, configFingerprint } = await prepareConfig(
        definition.config as BacktestConfig,
        join(whole, 'e.json'),
      )
      const { eventLogHash, stateHash, events } = runBacktest(alone)
      const expected = { configFingerprint, eventLogHash, stateHash, events }
      expect(JSON.parse(text)).toMatchObject(expected)
    }
    const [path, text] = Object.entries(results)[3]!
    const { config } = readJson(out, 'runs', path, '../definition.json')
    const { run } = await ranIn(config as typeof grid)
    const summary = readJson(run, 'summary.json')
    for (const [name, value] of Object.entries(JSON.parse(text))) {
      const isShared = name !== 'schema' && Object.hasOwn(summary, name)
      if (isShared) expect(summary[name], name).toEqual(value)
    }
    const hashes = Object.values(results).map((text) => JSON.parse(text).eventLogHash)
    expect(new Set(hashes).size).toBe(4)
  })

  test('of markets and windows shares each among its runs, and changes no result', async () => {
    const at = (ms: number) => (ORIGIN_NS + BigInt(ms) * 1_000_000n).toString()
    const windows = {
      'in-sample': { start: at(400), end: at(1_200) },
      'out-of-sample': { start: at(1_200), end: at(1_900) },
    }
    const several = experimentConfig(
      { sweeps: { 'data[0].synthetic.seed': [3, 4] }, splits: { windows }, warmUpSeconds: 0.2 },
      { data: short },
    )
    const folder = experimentFolder(several)
    const outcome = await sweptJson(folder, { workers: '2' })
    expect(outcome.groups).toMatchObject([
      { id: 'in-sample', completed: 2 },
      { id: 'out-of-sample', completed: 2 },
    ])
    const results = resultsIn(join(folder, 'out'))
    const found = Object.values(results).map((text) => JSON.parse(text))
    expect(new Set(found.map(({ dataHash }) => dataHash)).size).toBe(2)
    expect(new Set(found.map(({ eventLogHash }) => eventLogHash)).size).toBe(4)
    // Without a warm-up a run of a window is a backtest of that window; with one it trades later.
    const { config } = readJson(folder, 'out/runs/out-of-sample/sweep_0001/definition.json')
    expect(config).toMatchObject({ window: { start: at(1_000), end: at(1_900) } })
    const first = found[3].segments[0]
    expect(first).toMatchObject({ startNs: at(1_200), endNs: at(1_900), fills: found[3].fills })
    expect(first.decisions).toBeLessThan(found[3].decisions)
  })

  test('whose third run fails has the results of the others, and the evidence apart', async () => {
    const folder = experimentFolder(touchyExperiment([0, 9, 2, 7]), touchy)
    const { code, stdout } = await swept(folder, { workers: '1' })
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'partial', completed: 3, failed: 1 })
    const out = join(folder, 'out')
    expect(Object.keys(resultsIn(out))).not.toContain('all/sweep_0002/result.json')
    expect(existsSync(join(out, 'runs/all/sweep_0002'))).toBe(false)
    const evidence = join(out, 'failed/all/sweep_0002/attempt_0001')
    expect(readdirSync(evidence).sort()).toEqual([
      '_FAILED',
      'definition.json',
      'events',
      'failure.json',
    ])
    const failure = readJson(evidence, 'failure.json')
    expect(failure).toMatchObject({ stage: 'run', attempt: 1, status: 'failed' })
    expect(failure.error).toMatchObject({ code: 'ESC_STRATEGY_FAILED' })
    expect(JSON.stringify(failure.error)).toContain('no idea')
    expect((failure.error as { position: number }).position).toBeGreaterThan(0)
    expect(readFileSync(join(evidence, 'events/000000.seg')).length).toBeGreaterThan(1_000)
    expect(readJson(evidence, 'definition.json').parameters).toEqual({
      'strategy.params.failsAt': 2,
    })
  })

  test('a run that takes its thread with it is failed, and the others go on in a new one', async () => {
    const folder = experimentFolder(touchyExperiment([2, 0, 9], {}, true), touchy)
    const found = await sweptJson(folder, { workers: '1' })
    expect(found).toMatchObject({ status: 'partial', completed: 2, failed: 1 })
    const evidence = join(folder, 'out/failed/all/sweep_0000/attempt_0001')
    expect(readJson(evidence, 'failure.json')).toMatchObject({
      stage: 'worker',
      error: { message: expect.stringContaining('code 3') },
    })
  })

  test('keeps logs that explain reads, of all runs when told so', async () => {
    const run = join(out, 'runs/all/sweep_0001')
    const fills = readFileSync(join(run, 'fills.csv'), 'utf8').split('\n')
    const order = fills[1]!.split(',')[4]!
    const told = await inProcess(true, (output) => explainCommand(run, order, {}, output))
    expect(onlyJson(told)).toMatchObject({ status: 'done' })
    const { artifacts } = readJson(run, 'manifest.json') as { artifacts: { name: string }[] }
    expect(artifacts.map(({ name }) => name)).toEqual([
      'result.json',
      'definition.json',
      'config.json',
      'summary.json',
      'events/000000.seg',
      'fills.csv',
      'equity.csv',
      'topology.mmd',
    ])
  })
})

describe('a sweep that is refused', () => {
  test.each<[string, Record<string, unknown>, Record<string, string>, RegExp]>([
    [
      'a key that is none',
      experimentConfig({ sweeps: { sede: [1] } }),
      {},
      /ESC_SWEEP_KEY.*e\.json.*sede/s,
    ],
    [
      'a point that a strategy refuses',
      touchyExperiment([1, -1]),
      touchy,
      /ESC_STRATEGY_PARAMS.*failsAt = -1/s,
    ],
    ['a strategy that is not there', touchyExperiment([1]), {}, /ESC_STRATEGY_LOAD/],
    [
      'data that are not there',
      experimentConfig({}, { data: [{ path: 'no.npz', instrument: 'BTC' }] }),
      {},
      /ESC_DATA_READ.*no\.npz/s,
    ],
    [
      'data that are none',
      experimentConfig({}, { data: [{ path: 'a.npz', instrument: 'BTC' }] }),
      { 'a.npz': 'none' },
      /ESC_DATA_FORMAT/,
    ],
  ])('for %s writes nothing and ends with 2', async (_, config, files, message) => {
    const folder = experimentFolder(config, files)
    const before = contentOf(folder)
    const { code, stderr, stdout } = await swept(folder, { workers: '1' })
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'failed' })
    expect(`${JSON.parse(stdout).code} ${stderr}`).toMatch(message)
    expect(contentOf(folder)).toEqual(before)
  })

  test.each([
    [{ workers: '0' }, '--workers'],
    [{ maxRuns: 'many' }, '--max-runs'],
    [{ keep: 'some' }, '--keep'],
  ])('for %j names the flag', async (flags, name) => {
    const { code, stdout } = await swept(experimentFolder(grid), flags)
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ code: 'ESC_USAGE', facts: { field: name } })
  })

  test('for more runs than allowed says the number that allows them', async () => {
    const folder = experimentFolder(grid)
    const { stdout } = await swept(folder, { maxRuns: '3', plan: true })
    expect(JSON.parse(stdout)).toMatchObject({ code: 'ESC_EXPERIMENT_RUNS' })
    expect((await swept(folder, { maxRuns: '4', plan: true })).code).toBe(0)
  })

  test('for a folder that holds another experiment, this one already, or something else', async () => {
    const before = contentOf(out)
    const code = async (folder: string, flags = {}) =>
      JSON.parse((await swept(folder, { out, ...flags })).stdout).code
    expect(await code(whole)).toBe('ESC_EXPERIMENT_DIRECTORY')
    const other = experimentFolder(experimentConfig({ sweeps: { seed: [2] } }))
    expect(await code(other)).toBe('ESC_EXPERIMENT_DIRECTORY')
    const resumed = await swept(other, { out, resume: true })
    expect(JSON.parse(resumed.stdout).facts.found).toMatch(/another definition/)
    expect(contentOf(out)).toEqual(before)
    expect(await code(other, { out: other })).toBe('ESC_OUTPUT')
  })

  test('for a folder in which another process runs it', async () => {
    const folder = experimentFolder(grid)
    const session = { pid: process.ppid, host: hostname() }
    const files = { 'session.json': JSON.stringify(session) }
    const busy = experimentFolder(grid, files)
    const { stdout } = await swept(folder, { out: busy })
    expect(JSON.parse(stdout)).toMatchObject({ code: 'ESC_EXPERIMENT_DIRECTORY' })
    expect(JSON.parse(stdout).facts.found).toContain(String(process.ppid))
  })
})

describe('a plan', () => {
  test('is told and not run, the same in another process and folder', async () => {
    const [one, other] = [experimentFolder(grid), experimentFolder(grid)]
    const planned = await swept(one, { plan: true })
    expect(JSON.parse(planned.stdout)).toMatchObject({
      runs: 4,
      points: 4,
      markets: 1,
      warnings: [],
    })
    expect((await swept(other, { plan: true })).stdout).toBe(planned.stdout)
    expect(existsSync(join(one, 'out'))).toBe(false)
  })
})

const MAIN = fileURLToPath(new URL('../../runtime/cli/main.ts', import.meta.url))

describe('a sweep whose process is killed', () => {
  test('goes on where it was: what was done stays, the rest is done once', async () => {
    const long = {
      synthetic: { seed: 3, durationSeconds: 20, rowsPerSecond: 800 },
      instrument: 'BTC',
    }
    const config = experimentConfig({ sweeps: { seed: { seeds: 8 } } }, { data: [long] })
    const folder = experimentFolder(config)
    const out = join(folder, 'out')
    const args = ['sweep', join(folder, 'e.json'), '--out', out, '--workers', '1']
    const flags = ['--conditions=source', '--import', import.meta.resolve('tsx')]
    const child = spawn(process.execPath, [...flags, MAIN, ...args], { stdio: 'ignore' })
    const isBegun = () => existsSync(join(out, 'runs/all/sweep_0001/_DONE'))
    while (!isBegun() && child.exitCode === null) await new Promise((r) => setTimeout(r, 5))
    const whileRunning = await experiment('status', out)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.on('close', resolve))
    const before = await experiment('status', out)
    expect(whileRunning).toMatchObject({ state: 'running', expected: 8 })
    expect(before).toMatchObject({ state: 'interrupted', expected: 8, failed: 0 })
    expect(before.completed).toBeGreaterThan(1)
    expect(before.completed).toBeLessThan(8)
    const manifest = readFileSync(join(out, 'runs/all/sweep_0000/manifest.json'), 'utf8')
    writeFileSync(join(out, 'runs/all/sweep_0001/result.json'), 'torn')
    const found = await sweptJson(folder, { workers: '1', resume: true })
    expect(found).toMatchObject({ status: 'success', completed: 8 })
    expect(found.skipped).toBe((before.completed as number) - 1)
    expect(readFileSync(join(out, 'runs/all/sweep_0000/manifest.json'), 'utf8')).toBe(manifest)
    const { store } = await ranHere(folder)
    for (const [path, text] of Object.entries(resultsIn(out))) {
      expect(text, path).toBe(new TextDecoder().decode(store.files.get(`runs/${path}`)))
    }
    expect(await sweptJson(folder, { resume: true })).toMatchObject({ skipped: 8 })
  })
})

describe('what is written in the folder of an experiment', () => {
  test('tells its state, its grid, each run and each failure, without its file', async () => {
    const block = { id: 'told', description: 'what fails, and when' }
    const folder = experimentFolder(touchyExperiment([0, 2], block), touchy)
    const out = join(folder, 'out')
    await swept(folder, { workers: '1', keep: 'none' })
    writeFileSync(join(folder, 'e.json'), 'gone')
    const counts = { id: 'told', state: 'partial', expected: 2, completed: 1, failed: 1 }
    expect(await experiment('status', out)).toMatchObject(counts)
    expect(await experiment('list', folder)).toMatchObject({ experiments: [counts] })
    const shown = (await experiment('show', out)) as { rows: Record<string, unknown>[] }
    expect(shown).toMatchObject({
      description: block.description,
      keys: ['strategy.params.failsAt'],
    })
    expect(shown.rows.map(({ run, status, parameters }) => [run, status, parameters])).toEqual([
      ['all/sweep_0000', 'done', { 'strategy.params.failsAt': 0 }],
      ['all/sweep_0001', 'failed', { 'strategy.params.failsAt': 2 }],
    ])
    expect(await experiment('show', out, 'all/sweep_0000')).toMatchObject({
      status: 'done',
      result: { fills: 0, seed: 1 },
    })
    expect(await experiment('show', out, 'all/sweep_0001')).toMatchObject({
      status: 'failed',
      failure: { stage: 'run', attempt: 1 },
    })
    expect(existsSync(join(out, 'failed/all/sweep_0001/attempt_0001/events.log'))).toBe(false)
    expect(await experiment('show', out, 'all/sweep_0007')).toMatchObject({
      code: 'ESC_EXPERIMENT_DIRECTORY',
    })
    expect(await experiment('cancel', out)).toMatchObject({ completed: 1, expected: 2 })
    expect(existsSync(join(out, '_CANCEL'))).toBe(true)
  })

  test('is refused where there is none', async () => {
    for (const action of ['status', 'show', 'cancel', 'list']) {
      const found = await experiment(action, join(experimentFolder(grid), 'none'))
      expect(found).toMatchObject({ code: 'ESC_EXPERIMENT_DIRECTORY' })
    }
    expect(await experiment('remove', 'x')).toMatchObject({ code: 'ESC_USAGE' })
  })

  test('of a complete experiment cannot be canceled', async () => {
    expect(await experiment('status', out)).toMatchObject({ state: 'success', completed: 4 })
    expect(await experiment('cancel', out)).toMatchObject({ code: 'ESC_EXPERIMENT_DIRECTORY' })
  })
})
