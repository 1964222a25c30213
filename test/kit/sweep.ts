import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { planFile } from '../../runtime/cli/experiment/plan-file.ts'
import { type Keep, Runner } from '../../runtime/cli/experiment/runner.ts'
import type { Output } from '../../runtime/cli/output.ts'
import { type SweepFlags, sweepCommand } from '../../runtime/cli/sweep.command.ts'
import { pendingJobs } from '../../runtime/experiment/run-experiment.ts'
import { type Ended, folderWith, onlyJson } from './cli.ts'
import { inProcess } from './cli-run.ts'
import { experimentConfig, MemoryStore } from './experiment.ts'

/** A folder with an experiment in `e.json`, and files beside it. */
export const experimentFolder = (
  experiment: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string>> = {},
): string => folderWith({ 'e.json': JSON.stringify(experiment), ...files })

/** `escapement sweep e.json --out out --json`, its threads real and its output kept. */
export const swept = (folder: string, flags: SweepFlags = {}): Promise<Ended> =>
  inProcess(true, (output: Output) =>
    sweepCommand(join(folder, 'e.json'), { out: join(folder, 'out'), ...flags }, output),
  )

export const sweptJson = async (folder: string, flags: SweepFlags = {}) =>
  onlyJson(await swept(folder, flags))

export const readJson = (...path: readonly string[]): Record<string, unknown> =>
  JSON.parse(readFileSync(join(...path), 'utf8')) as Record<string, unknown>

/** What every run of a folder found, by its path: the bytes of its result. */
export function resultsIn(out: string): Readonly<Record<string, string>> {
  const names = readdirSync(join(out, 'runs'), { recursive: true }).map(String)
  const results = names.filter((name) => name.endsWith('result.json')).sort()
  return Object.fromEntries(
    results.map((name) => [name, readFileSync(join(out, 'runs', name), 'utf8')]),
  )
}

export const environment = { node: 'v0', platform: 'none', arch: 'none', git: null }

/** Does every run of an experiment in this thread. */
export async function ranHere(folder: string, store = new MemoryStore(), keep: Keep = 'none') {
  const { plan, base } = await planFile(join(folder, 'e.json'))
  const runner = new Runner({ base, store, keep, environment })
  const reports = []
  for (const job of await pendingJobs(plan, store)) reports.push(await runner.runOne(job))
  return { plan, store, reports }
}

/** A strategy that fails, or ends its thread, when its parameters say so. */
export const TOUCHY = `
export const strategy = {
  name: 'touchy',
  params(raw) {
    if (raw.failsAt < 0) throw new Error('no time is negative')
    return raw
  },
  init: () => null,
  decide(view, _memory, _reason, { failsAt, exits }) {
    if (failsAt > 0 && view.now >= failsAt * 1e9) {
      if (exits) process.exit(3)
      throw new Error('no idea')
    }
    return { wakeAt: view.now + 100_000_000 }
  },
}
`

export const touchyExperiment = (
  failsAt: unknown,
  block: Readonly<Record<string, unknown>> = {},
  exits = false,
) => {
  const strategy = { module: './touchy.mjs', params: { failsAt: 0, exits } }
  const sweeps = { 'strategy.params.failsAt': failsAt }
  return experimentConfig({ sweeps, ...block }, { strategy })
}
