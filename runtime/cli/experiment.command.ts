import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError, messageOf } from '@escapement/core'
import { DirectoryStore } from '../../adapters/experiment-directory/directory-store.ts'
import { type FoundRun, failedAttempts, findRuns, rowsOf } from '../experiment/finalize.ts'
import { attemptFolder, CANCEL, EXPERIMENT, summaryFolder } from '../experiment/folders.ts'
import type { Plan } from '../experiment/plan.ts'
import { publishedManifest } from '../experiment/publish.ts'
import { readStore } from '../experiment/read-store.ts'
import { describeRows } from './experiment/describe-experiment.ts'
import { runningSession } from './experiment/scheduler-session.ts'
import type { Output } from './output.ts'
import { table } from './terminal.ts'

/** `escapement experiment <action> <dir> [run]`: what is written in a folder, and nothing else. */
export async function experimentCommand(
  action: string,
  folder: string,
  run: string | undefined,
  output: Output,
): Promise<void> {
  switch (action) {
    case 'status':
      return statusOf(folder, output)
    case 'list':
      return list(folder, output)
    case 'show':
      return run === undefined ? show(folder, output) : showRun(folder, run, output)
    case 'cancel':
      return cancel(folder, output)
    default:
      throw new CodedError('ESC_USAGE', {
        field: 'action',
        found: action,
        needed: 'one of status, list, show, cancel',
      })
  }
}

type ExperimentState = {
  readonly id: string
  readonly directory: string
  readonly state: string
  readonly expected: number
  readonly completed: number
  readonly failed: number
}

async function statusOf(folder: string, output: Output): Promise<void> {
  const state = await stateOf(folder)
  output.result({ schema: 'escapement/experiment-status-1', ...state }, () => line(state))
}

const line = ({ id, state, completed, expected, failed }: ExperimentState): string =>
  `${id}: ${state}, ${completed} of ${expected} runs done, ${failed} failed`

/** From the marks of the runs, the process that says it is running, and the published summary. */
async function stateOf(folder: string): Promise<ExperimentState> {
  const store = new DirectoryStore(folder)
  const { plan } = await readStore(store, folder)
  const runs = await findRuns(plan, store)
  const count = (status: FoundRun['status']) =>
    runs.filter((found) => found.status === status).length
  const isRunning = (await runningSession(store)) !== null
  const summary = isRunning ? null : await publishedManifest(store, summaryFolder)
  const isStopping = isRunning && (await store.read(CANCEL)) !== null
  const open = isStopping ? 'canceling' : isRunning ? 'running' : 'interrupted'
  return {
    id: plan.id,
    directory: store.root,
    state: summary === null ? open : String(summary.status),
    expected: runs.length,
    completed: count('done'),
    failed: count('failed'),
  }
}

/** Every experiment directly below a folder. */
async function list(folder: string, output: Output): Promise<void> {
  const states: ExperimentState[] = []
  for (const name of foldersIn(folder)) {
    const inner = join(folder, name)
    if ((await new DirectoryStore(inner).read(EXPERIMENT)) !== null)
      states.push(await stateOf(inner))
  }
  const value = { schema: 'escapement/experiment-list-1', experiments: states }
  output.result(value, () => states.map(line).join('\n') || 'no experiments')
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort()
  } catch (cause) {
    throw new CodedError('ESC_EXPERIMENT_DIRECTORY', { file: folder, found: messageOf(cause) })
  }
}

/** The grid: every planned run with its parameters, and what it gave. */
async function show(folder: string, output: Output): Promise<void> {
  const store = new DirectoryStore(folder)
  const { record, plan } = await readStore(store, folder)
  const rows = rowsOf(plan, await findRuns(plan, store))
  const { id, planHash } = record
  const { description, keys } = plan
  const value = { schema: 'escapement/experiment-show-1', id, description, planHash, keys, rows }
  output.result(value, () => describeRows(keys, rows))
}

/** One run: its result, or the evidence of its last failure. */
async function showRun(folder: string, run: string, output: Output): Promise<void> {
  const store = new DirectoryStore(folder)
  const { plan } = await readStore(store, folder)
  const only: Plan = { ...plan, runs: plan.runs.filter(({ id }) => id === run) }
  const [found] = await findRuns(only, store)
  if (found === undefined) {
    const needed = `a run such as ${plan.runs[0]!.id}`
    throw new CodedError('ESC_EXPERIMENT_DIRECTORY', { file: folder, found: run, needed })
  }
  const failure = found.status === 'failed' ? await lastFailure(store, run) : null
  const value = {
    schema: 'escapement/experiment-run-1',
    run,
    status: found.status,
    result: found.result,
    failure,
  }
  output.result(value, () => {
    const shown = Object.entries(found.result ?? failure ?? {}).map(([name, inner]) => {
      return [name, typeof inner === 'string' ? inner : JSON.stringify(inner)] as const
    })
    return [`${run}: ${found.status}`, ...(shown.length === 0 ? [] : [table(shown)])].join('\n')
  })
}

async function lastFailure(store: DirectoryStore, run: string): Promise<object> {
  const attempt = await failedAttempts(store, run)
  const bytes = await store.read(`${attemptFolder(run, attempt)}/failure.json`)
  return JSON.parse(new TextDecoder().decode(bytes!)) as object
}

/** Asks whoever runs the experiment to begin no more runs. */
async function cancel(folder: string, output: Output): Promise<void> {
  const store = new DirectoryStore(folder)
  const { id, state, completed, expected } = await stateOf(folder)
  if (completed === expected) {
    const found = `${id}, which is complete`
    throw new CodedError('ESC_EXPERIMENT_DIRECTORY', { file: folder, found, needed: 'runs to do' })
  }
  await store.write(CANCEL, new Uint8Array(0), true)
  const value = { schema: 'escapement/experiment-cancel-1', id, state, completed, expected }
  output.result(value, () => `${id}: no more runs are begun; ${completed} of ${expected} are done`)
}
