import type { Json } from './steps/format.ts'

/** What became of one step of a vector, or of one case of a function file. */
export type Failure = {
  readonly name: string
  readonly step: string
  readonly differences: readonly {
    readonly path: string
    readonly expected: Json
    readonly found: Json
  }[]
}

/** Counts of one file. `skipped` are steps after a reference's accident, and cases we lack. */
export class Tally {
  passed = 0
  failed = 0
  waived = 0
  skipped = 0
  readonly failures: Failure[] = []

  fail(failure: Failure): void {
    this.failed++
    this.failures.push(failure)
  }
}

/** How many steps each rule waived, over all files. */
export type RuleCounts = Map<string, number>

export const countRules = (counts: RuleCounts, ids: Iterable<string>): void => {
  for (const id of new Set(ids)) counts.set(id, (counts.get(id) ?? 0) + 1)
}

export function* describeFailure(file: string, failure: Failure): Iterable<string> {
  yield `  FAILED ${file} ${failure.name}, step ${failure.step}`
  for (const { path, expected, found } of failure.differences) {
    yield `    ${path}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`
  }
}
