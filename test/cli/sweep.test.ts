/**
 * `escapement sweep` with real threads and a real folder: every run must be what it would have been
 * alone, a failing one must disturb no other, and what the folder says must be what happened.
 */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { experimentCommand } from '../../runtime/cli/experiment.command.ts'
import { explainCommand } from '../../runtime/cli/explain.command.ts'
import { onlyJson } from '../kit/cli.ts'
import { contentOf, inProcess, ranIn } from '../kit/cli-run.ts'
import { experimentConfig } from '../kit/experiment.ts'
import {
  experimentFolder,
  readJson,
  resultsIn,
  swept,
  sweptJson,
  TOUCHY,
  touchyExperiment,
} from '../kit/sweep.ts'

const sweeps = {
  'strategy.params.offsetTicks': { start: 0, stop: 1, step: 1 },
  'venue.queue': [{ model: 'power3', n: 3 }, { model: 'riskAverse' }],
}
const grid = experimentConfig({ sweeps })
const touchy = { 'touchy.mjs': TOUCHY }

const experiment = async (action: string, folder: string, run?: string) =>
  onlyJson(await inProcess(true, (output) => experimentCommand(action, folder, run, output)))

describe('a sweep', () => {
  test('gives every run the result of its run alone, on one worker or three', async () => {
    const folder = experimentFolder(grid)
    const one = await sweptJson(folder, { workers: '1' })
    expect(one).toMatchObject({ status: 'success', expected: 4, completed: 4, failed: 0 })
    await sweptJson(folder, { workers: '3', out: join(folder, 'three') })
    const results = resultsIn(join(folder, 'out'))
    expect(Object.keys(results)).toHaveLength(4)
    expect(resultsIn(join(folder, 'three'))).toEqual(results)
    const csv = (out: string) => readFileSync(join(folder, out, 'results/results.csv'), 'utf8')
    expect(csv('three')).toBe(csv('out'))
    for (const [path, text] of Object.entries(results)) {
      const definition = readJson(folder, 'out/runs', path, '../definition.json')
      const alone = await ranIn(definition.config as typeof grid)
      const { eventLogHash, stateHash, configFingerprint, fills, equity } = readJson(
        alone.run,
        'summary.json',
      )
      const expected = { eventLogHash, stateHash, configFingerprint, fills, equity }
      expect(JSON.parse(text)).toMatchObject(expected)
    }
    expect(new Set(Object.values(results).map((text) => JSON.parse(text).eventLogHash)).size).toBe(
      4,
    )
  })

  test('of markets and windows shares each among its runs, and changes no result', async () => {
    const window = { start: '1723161256000000000', end: '1723161260000000000' }
    const several = experimentConfig({
      sweeps: { 'data[0].synthetic.seed': [3, 4], 'strategy.params.qtyLots': [1, 10] },
    })
    const folder = experimentFolder(several)
    await sweptJson(folder, { workers: '2' })
    const found = Object.values(resultsIn(join(folder, 'out'))).map((text) => JSON.parse(text))
    expect(new Set(found.map(({ dataHash }) => dataHash)).size).toBe(2)
    expect(new Set(found.map(({ eventLogHash }) => eventLogHash)).size).toBe(4)
    const definition = readJson(folder, 'out/runs/all/sweep_0003/definition.json')
    const alone = await ranIn(definition.config as typeof grid)
    expect(readJson(alone.run, 'summary.json').eventLogHash).toBe(found[3].eventLogHash)
    expect(window.start < window.end).toBe(true)
  })

  test('whose third run fails has the results of the others, and the evidence apart', async () => {
    const folder = experimentFolder(touchyExperiment([0, 9, 2, 7]), touchy)
    const { code, stdout } = await swept(folder, { workers: '2' })
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'partial', completed: 3, failed: 1 })
    const out = join(folder, 'out')
    expect(Object.keys(resultsIn(out))).not.toContain('all/sweep_0002/result.json')
    expect(existsSync(join(out, 'runs/all/sweep_0002'))).toBe(false)
    const evidence = join(out, 'failed/all/sweep_0002/attempt_0001')
    expect(readdirSync(evidence).sort()).toEqual([
      '_FAILED',
      'definition.json',
      'events.log',
      'failure.json',
    ])
    const failure = readJson(evidence, 'failure.json')
    expect(failure).toMatchObject({ stage: 'run', attempt: 1, status: 'failed' })
    expect(failure.error).toMatchObject({ code: 'ESC_STRATEGY_FAILED' })
    expect(JSON.stringify(failure.error)).toContain('no idea')
    expect((failure.error as { position: number }).position).toBeGreaterThan(0)
    expect(readFileSync(join(evidence, 'events.log')).length).toBeGreaterThan(1_000)
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
    const folder = experimentFolder(experimentConfig({ sweeps: { seed: [1, 2] } }))
    await sweptJson(folder, { workers: '1', keep: 'all' })
    const run = join(folder, 'out/runs/all/sweep_0001')
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
      'events.log',
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
    [
      'a window without rows',
      experimentConfig({}, { window: { start: '1', end: '2' } }),
      {},
      /ESC_CONFIG_WINDOW/,
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
    const folder = experimentFolder(experimentConfig({ sweeps: { seed: [1] } }))
    await sweptJson(folder, { workers: '1' })
    const before = contentOf(join(folder, 'out'))
    const code = async () => JSON.parse((await swept(folder)).stdout).code
    expect(await code()).toBe('ESC_EXPERIMENT_DIRECTORY')
    writeFileSync(
      join(folder, 'e.json'),
      JSON.stringify(experimentConfig({ sweeps: { seed: [2] } })),
    )
    expect(await code()).toBe('ESC_EXPERIMENT_DIRECTORY')
    expect(JSON.parse((await swept(folder, { resume: true })).stdout).facts.found).toMatch(
      /another/,
    )
    expect(contentOf(join(folder, 'out'))).toEqual(before)
    const other = await swept(folder, { out: folder })
    expect(JSON.parse(other.stdout).code).toBe('ESC_OUTPUT')
  })

  test('for a folder in which another process runs it', async () => {
    const folder = experimentFolder(grid)
    const session = { pid: process.ppid, host: (await import('node:os')).hostname() }
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
    const config = experimentConfig({ sweeps: { seed: { seeds: 12 } } }, { data: [long] })
    const folder = experimentFolder(config)
    const out = join(folder, 'out')
    const args = ['sweep', join(folder, 'e.json'), '--out', out, '--workers', '1']
    const flags = ['--conditions=source', '--import', import.meta.resolve('tsx')]
    const child = spawn(process.execPath, [...flags, MAIN, ...args], { stdio: 'ignore' })
    const isBegun = () => existsSync(join(out, 'runs/all/sweep_0001/_DONE'))
    while (!isBegun() && child.exitCode === null) await new Promise((r) => setTimeout(r, 5))
    child.kill('SIGKILL')
    await new Promise((resolve) => child.on('close', resolve))
    const before = await experiment('status', out)
    expect(before).toMatchObject({ state: 'interrupted', expected: 12, failed: 0 })
    expect(before.completed).toBeGreaterThan(1)
    expect(before.completed).toBeLessThan(12)
    const manifest = readFileSync(join(out, 'runs/all/sweep_0000/manifest.json'), 'utf8')
    writeFileSync(join(out, 'runs/all/sweep_0001/result.json'), 'torn')
    const found = await sweptJson(folder, { workers: '2', resume: true })
    expect(found).toMatchObject({ status: 'success', completed: 12 })
    expect(found.skipped).toBe((before.completed as number) - 1)
    expect(readFileSync(join(out, 'runs/all/sweep_0000/manifest.json'), 'utf8')).toBe(manifest)
    await sweptJson(folder, { workers: '2', out: join(folder, 'clean') })
    expect(resultsIn(out)).toEqual(resultsIn(join(folder, 'clean')))
    expect(await sweptJson(folder, { resume: true })).toMatchObject({ skipped: 12 })
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
    const folder = experimentFolder(experimentConfig({ sweeps: { seed: [1] } }))
    await sweptJson(folder, { workers: '1' })
    expect(await experiment('cancel', join(folder, 'out'))).toMatchObject({
      code: 'ESC_EXPERIMENT_DIRECTORY',
    })
  })
})
