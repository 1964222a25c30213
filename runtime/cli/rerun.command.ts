import { join, resolve } from 'node:path'
import { LogReader } from '../../adapters/event-log/log-reader.ts'
import { EVENTS } from '../../adapters/run-directory/run-directory.ts'
import { describeDiff } from './describe-diff.ts'
import { diffRuns, type RunDiff } from './diff-runs.ts'
import type { Output } from './output.ts'
import { type RunFolder, readRunFolder } from './recorded-run.ts'
import { prepareRepeat } from './repeat-run.ts'
import { table } from './terminal.ts'
import { writeRun } from './write-run.ts'

export type RerunFlags = { readonly out?: string; readonly base?: string }

/** `escapement rerun <run>`: runs what it recorded again; exit 1 when something else comes out. */
export async function rerunCommand(
  folder: string,
  flags: RerunFlags,
  output: Output,
): Promise<void> {
  const run = readRunFolder(folder)
  const loading = performance.now()
  const prepared = await prepareRepeat(run, flags.base)
  const loadSeconds = (performance.now() - loading) / 1_000
  const { header } = LogReader.open(join(run.path, EVENTS))
  const base = resolve(flags.base ?? run.manifest.base ?? '.')
  const log = { market: header.market, sync: 'atEnd', every: null } as const
  const written = writeRun(prepared, { out: flags.out, base, log, loadSeconds })
  const { runDirectory } = written.outcome === 'done' ? written.summary : written.report
  const again = readRunFolder(runDirectory)
  const diff = isSame(run, again) ? null : await diffRuns(run, again, base)
  const same = diff === null || isAsFar(run, again, diff)
  if (!same) output.exitCode = 1
  const value = {
    schema: 'escapement/rerun-1',
    status: same ? 'same' : 'differs',
    run: sideOf(run),
    rerun: sideOf(again),
    diff: same ? null : diff,
  }
  output.result(value, () => describe(run, again, same ? null : diff))
}

const sideOf = ({ path, outcome, hashes, manifest }: RunFolder) => ({
  directory: path,
  outcome,
  eventLogHash: hashes?.eventLogHash ?? null,
  stateHash: hashes?.stateHash ?? null,
  runHash: manifest.runHash ?? null,
})

/** Two runs that are done, with one hash of everything that happened and one of State. */
function isSame({ hashes: a }: RunFolder, { hashes: b }: RunFolder): boolean {
  if (a === null || b === null) return false
  return a.eventLogHash === b.eventLogHash && a.stateHash === b.stateHash
}

/** A run that failed fails again at the same place; one that was interrupted had no more to say. */
function isAsFar({ outcome }: RunFolder, again: RunFolder, { same, difference }: RunDiff): boolean {
  if (outcome === 'open') return same || difference?.event.a === null
  return outcome === 'failed' && again.outcome === outcome && same
}

function describe(run: RunFolder, again: RunFolder, diff: RunDiff | null): string {
  const lines = [
    ...both('directory', run.path, again.path),
    ...both('outcome', run.outcome, again.outcome),
    ...both('event log', run.hashes?.eventLogHash, again.hashes?.eventLogHash),
    ...both('state', run.hashes?.stateHash, again.hashes?.stateHash),
  ]
  const parts = [verdictOf(run, diff), table(lines)]
  return (diff === null ? parts : [...parts, describeDiff(diff)]).join('\n\n')
}

function verdictOf({ outcome }: RunFolder, diff: RunDiff | null): string {
  if (diff !== null) return 'The run came out otherwise.'
  const isPart = outcome === 'open'
  return isPart ? 'The run came out the same, as far as it went.' : 'The run came out the same.'
}

/** One line where the recorded run and the new one say the same, or only one of them says anything. */
function both(name: string, a: string | undefined, b: string | undefined): [string, string][] {
  const said = [...new Set([a, b])].filter((text) => text !== undefined)
  return said.map((text, i) => [i === 0 ? name : `${name} now`, text])
}
