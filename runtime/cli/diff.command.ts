import { describeDiff } from './describe-diff.ts'
import { diffRuns } from './diff-runs.ts'
import type { Output } from './output.ts'
import { readRunFolder } from './recorded-run.ts'

export type DiffFlags = { readonly base?: string }

/** `escapement diff <a> <b>`: the first position at which two runs differ; exit 1 if there is one. */
export async function diffCommand(
  a: string,
  b: string,
  flags: DiffFlags,
  output: Output,
): Promise<void> {
  const diff = await diffRuns(readRunFolder(a), readRunFolder(b), flags.base)
  if (!diff.same) output.exitCode = 1
  const { same, ...found } = diff
  const status = same ? 'same' : 'differs'
  output.result({ schema: 'escapement/diff-1', status, ...found }, () => describeDiff(diff))
}
