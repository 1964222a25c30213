import { CodedError } from '@escapement/core'
import type { Output } from './output.ts'
import { isRunFolder, type RunFolder, readRunFolder } from './recorded-run.ts'
import { verifyRun } from './verify-run.ts'

/** `escapement verify <run>`: whether a run directory is what its run left; exit 1 naming what is not. */
export function verifyCommand(folder: string, output: Output): void {
  const { run, problems } = verified(folder)
  const isWhole = problems.length === 0
  if (!isWhole) output.exitCode = 1
  const value = {
    schema: 'escapement/verify-1',
    status: isWhole ? 'whole' : 'damaged',
    directory: run?.path ?? folder,
    outcome: run?.outcome ?? null,
    files: run?.manifest.artifacts?.length ?? 0,
    problems: problems.map(({ code, message, facts }) => ({ code, message, facts })),
  }
  output.result(value, () => {
    if (!isWhole) return problems.map(({ message }) => message).join('\n')
    return `${value.directory}: whole, ${value.files} files, ${value.outcome}`
  })
}

/** A manifest or summary that cannot be read is a problem of a run directory that there is. */
function verified(folder: string): {
  readonly run: RunFolder | null
  readonly problems: readonly CodedError[]
} {
  try {
    const run = readRunFolder(folder)
    return { run, problems: verifyRun(run) }
  } catch (cause) {
    if (!(cause instanceof CodedError) || !isRunFolder(folder)) throw cause
    return { run: null, problems: [cause] }
  }
}
