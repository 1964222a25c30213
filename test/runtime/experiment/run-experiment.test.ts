/**
 * Scheduling and counting, over a store in memory and an executor that makes results up: what is
 * counted must be what lies in the store, whatever the executor did, said or failed to say.
 */
import { describe, expect, test } from 'vitest'
import { findRuns } from '../../../runtime/experiment/finalize.ts'
import { isComplete } from '../../../runtime/experiment/publish.ts'
import { readStore } from '../../../runtime/experiment/read-store.ts'
import {
  checkClaim,
  claim,
  pendingJobs,
  type RunJob,
  runExperiment,
} from '../../../runtime/experiment/run-experiment.ts'
import { experimentOf, MemoryStore, madeUpExecutor, planOf, ran } from '../../kit/experiment.ts'

const plan = planOf(experimentOf({ sweeps: { seed: { seeds: 4 } } }))
const isNumber = (number: number) => (job: RunJob) => job.definition.sweep === `sweep_000${number}`
const csv = (store: MemoryStore) =>
  new TextDecoder().decode(store.files.get('results/results.csv')).trimEnd().split('\n')

describe('an experiment', () => {
  test('with all runs done is a success, its results in the order of the plan', async () => {
    const store = new MemoryStore()
    const backwards = madeUpExecutor(store)
    const outcome = await ran(plan, store, {
      execute: (jobs, ...rest) => backwards.execute([...jobs].reverse(), ...rest),
    })
    expect(outcome).toMatchObject({ status: 'success', expected: 4, completed: 4, failed: 0 })
    expect(csv(store).map((line) => line.split(',').slice(0, 5).join())).toEqual([
      'run,group,sweep,status,seed',
      ...[1, 2, 3, 4].map((seed, i) => `all/sweep_000${i},all,sweep_000${i},done,${seed}`),
    ])
  })

  test('one of whose four runs fails is partial: three completed, one failed, counted by marks', async () => {
    const store = new MemoryStore()
    const outcome = await ran(plan, store, madeUpExecutor(store, isNumber(2)))
    expect(outcome).toMatchObject({ status: 'partial', expected: 4, completed: 3, failed: 1 })
    expect(outcome.groups).toEqual([
      { id: 'all', status: 'partial', expected: 4, completed: 3, failed: 1 },
    ])
    expect(store.json('results/manifest.json')).toMatchObject({ status: 'partial', failed: 1 })
    expect(store.json('groups/all/manifest.json')).toMatchObject({ completed: 3, failed: 1 })
    expect(csv(store)[3]).toMatch(/^all\/sweep_0002,all,sweep_0002,failed,3,,,/)
  })

  test('all of whose runs fail is failed, and is counted all the same', async () => {
    const store = new MemoryStore()
    const outcome = await ran(
      plan,
      store,
      madeUpExecutor(store, () => true),
    )
    expect(outcome).toMatchObject({ status: 'failed', completed: 0, failed: 4 })
    expect(await isComplete(store, 'results')).toBe(true)
  })

  test('whose executor breaks is counted before the error goes on', async () => {
    const store = new MemoryStore()
    const breaking = ran(plan, store, {
      async execute(jobs, onReport, signal) {
        await madeUpExecutor(store).execute(jobs.slice(0, 2), onReport, signal)
        throw new Error('the cluster is gone')
      },
    })
    await expect(breaking).rejects.toThrow('the cluster is gone')
    expect(store.json('results/manifest.json')).toMatchObject({ completed: 2, failed: 0 })
  })

  test('does not believe an executor that says done and leaves nothing, or something else', async () => {
    const store = new MemoryStore()
    const outcome = await ran(plan, store, {
      async execute(jobs, onReport) {
        for (const { definition, attempt } of jobs) {
          onReport({ run: definition.id, attempt, status: 'done' })
        }
      },
    })
    expect(outcome).toMatchObject({ status: 'failed', completed: 0, failed: 0 })
    const other = planOf(
      experimentOf({ sweeps: { seed: { seeds: 4 } } }, { control: { digestEvery: 7 } }),
    )
    await ran(other, store)
    expect((await findRuns(plan, store)).map(({ status }) => status)).toEqual(
      plan.runs.map(() => 'missing'),
    )
  })

  test('of 1,205 runs counts them all', async () => {
    const store = new MemoryStore()
    const many = planOf(experimentOf({ sweeps: { seed: { seeds: 1_205 } } }))
    const outcome = await ran(many, store)
    expect(outcome).toMatchObject({ status: 'success', completed: 1_205 })
    expect(csv(store)).toHaveLength(1_206)
    expect(await store.list('runs/all')).toHaveLength(1_205)
  })

  test('with several groups tells each point in every group', async () => {
    const windows = {
      'in-sample': { start: '0', end: '5' },
      'out-of-sample': { start: '5', end: '9' },
    }
    const split = planOf(experimentOf({ sweeps: { seed: { seeds: 2 } }, splits: { windows } }))
    const store = new MemoryStore()
    const outcome = await ran(
      split,
      store,
      madeUpExecutor(store, ({ definition }) => {
        return definition.id === 'out-of-sample/sweep_0001'
      }),
    )
    expect(outcome.groups.map(({ id, status }) => [id, status])).toEqual([
      ['in-sample', 'success'],
      ['out-of-sample', 'partial'],
    ])
    const points = store.json('results/results.json').points as Record<string, unknown>[]
    expect(points).toHaveLength(2)
    expect(points[1]).toMatchObject({
      sweep: 'sweep_0001',
      parameters: { seed: 2 },
      groups: { 'in-sample': { events: 9 }, 'out-of-sample': { events: null } },
    })
  })
})

describe('an experiment that goes on', () => {
  test('skips what is done, and tries what failed with the next number', async () => {
    const store = new MemoryStore()
    await ran(plan, store, madeUpExecutor(store, isNumber(2)))
    const first = (await pendingJobs(plan, store)).map(({ definition, attempt }) => [
      definition.id,
      attempt,
    ])
    expect(first).toEqual([['all/sweep_0002', 2]])
    await ran(plan, store, madeUpExecutor(store, isNumber(2)))
    expect((await pendingJobs(plan, store))[0]!.attempt).toBe(3)
    const outcome = await ran(plan, store)
    expect(outcome).toMatchObject({ status: 'success', completed: 4, failed: 0 })
    expect(await store.list('failed/all/sweep_0002')).toEqual(['attempt_0001', 'attempt_0002'])
    expect(store.json('runs/all/sweep_0002/manifest.json').attempt).toBe(3)
  })

  test.each([
    [
      'a changed result',
      (store: MemoryStore) => store.files.set('runs/all/sweep_0001/result.json', new Uint8Array(3)),
    ],
    ['a missing mark', (store: MemoryStore) => store.files.delete('runs/all/sweep_0001/_DONE')],
  ])('does a run with %s again', async (_, damage) => {
    const store = new MemoryStore()
    await ran(plan, store)
    expect(await pendingJobs(plan, store)).toEqual([])
    damage(store)
    const jobs = await pendingJobs(plan, store)
    expect(jobs.map(({ definition }) => definition.id)).toEqual(['all/sweep_0001'])
  })

  test('after a kill before any of its writes has one result for each run', async () => {
    const whole = new MemoryStore()
    await ran(plan, whole)
    for (let writes = 0; writes < whole.written.length; writes++) {
      const store = new MemoryStore()
      store.writesLeft = writes
      await expect(ran(plan, store)).rejects.toThrow('killed')
      const marks = [...store.files.keys()].filter((path) => /^results\/_DONE$/.test(path))
      expect(marks).toEqual([])
      store.writesLeft = Infinity
      expect(await ran(plan, store)).toMatchObject({ status: 'success', completed: 4 })
      for (const [path, content] of whole.files)
        expect(store.files.get(path), path).toEqual(content)
    }
  })

  test('takes the mark from its results while it runs', async () => {
    const store = new MemoryStore()
    await ran(plan, store, madeUpExecutor(store, isNumber(2)))
    let wasMarked = true
    await runExperiment(
      plan,
      store,
      {
        async execute() {
          wasMarked = await isComplete(store, 'results')
        },
      },
      [],
    )
    expect(wasMarked).toBe(false)
    expect(await isComplete(store, 'results')).toBe(true)
  })

  test('stops between runs when it is canceled, and says so', async () => {
    const store = new MemoryStore()
    await claim(plan, store, {})
    const jobs = await pendingJobs(plan, store)
    const outcome = await runExperiment(plan, store, madeUpExecutor(store), jobs, ({ run }) => {
      if (run === 'all/sweep_0001') store.files.set('_CANCEL', new Uint8Array(0))
    })
    expect(outcome).toMatchObject({ status: 'canceled', completed: 2, failed: 0, expected: 4 })
    expect(await ran(plan, store)).toMatchObject({ status: 'success', completed: 4 })
  })
})

describe('a store', () => {
  test('belongs to one definition: another is refused, the same one must be resumed', async () => {
    const store = new MemoryStore()
    await expect(checkClaim(plan, store, true)).rejects.toThrow(
      /ESC_EXPERIMENT_DIRECTORY.*no experiment/s,
    )
    await checkClaim(plan, store, false)
    await claim(plan, store, { base: '/data' })
    await expect(checkClaim(plan, store, false)).rejects.toThrow(/--resume/)
    await checkClaim(plan, store, true)
    const other = planOf(experimentOf({ sweeps: { seed: { seeds: 5 } } }))
    for (const isResumed of [true, false]) {
      await expect(checkClaim(other, store, isResumed)).rejects.toThrow(
        /ESC_EXPERIMENT_DIRECTORY.*another definition/s,
      )
    }
    await claim(plan, store, { base: '/elsewhere' })
    expect((await readStore(store, 'dir')).record).toMatchObject({ id: 'grid', base: '/data' })
  })

  test('gives its plan back, and refuses one that was changed', async () => {
    const store = new MemoryStore()
    await expect(readStore(store, 'dir')).rejects.toThrow(/ESC_EXPERIMENT_DIRECTORY.*dir/s)
    await claim(plan, store, {})
    expect((await readStore(store, 'dir')).plan).toEqual(JSON.parse(JSON.stringify(plan)))
    const text = new TextDecoder().decode(store.files.get('plan.json')!)
    const set = (name: string, content: string) =>
      store.files.set(name, new TextEncoder().encode(content))
    set('plan.json', text.replace('sweep_0001', 'sweep_9999'))
    await expect(readStore(store, 'dir')).rejects.toThrow(/plan\.json with the hash/)
    set('plan.json', '{')
    await expect(readStore(store, 'dir')).rejects.toThrow(/plan\.json.*valid JSON/s)
    set('experiment.json', '{"schema":"another"}')
    await expect(readStore(store, 'dir')).rejects.toThrow(/experiment\.json of another form/)
  })
})
