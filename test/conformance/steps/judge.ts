import { countRules, type RuleCounts, Tally } from '../report.ts'
import type { Vector } from './format.ts'
import type { Rule } from './rule.ts'
import { RULES } from './rules.ts'
import { runVector, type StepReport } from './run-steps.ts'

/** Runs step vectors and sorts every step: passed, waived by rules, failed, or not to be trusted. */
export function judgeSteps(vectors: readonly Vector[], counts: RuleCounts): Tally {
  const tally = new Tally()
  for (const vector of vectors) {
    let done = 0
    try {
      for (const report of runVector(vector)) {
        done++
        judgeStep(vector, report, tally, counts)
      }
    } catch (cause) {
      const found = cause instanceof Error ? cause.message : String(cause)
      const differences = [{ path: 'run', expected: 'no exception', found }]
      tally.fail({ name: vector.name, step: String(done), differences })
      done++
    }
    tally.skipped += Math.max(0, vector.steps.length - done)
  }
  return tally
}

function judgeStep(
  vector: Vector,
  { context, mismatches }: StepReport,
  tally: Tally,
  counts: RuleCounts,
): void {
  const rules = RULES.filter((rule) => mayHold(rule, vector))
  const fired: string[] = []
  for (const { id, note } of rules) {
    if (note !== undefined && context.outcome.notes.has(note)) fired.push(id)
  }
  const left = mismatches.filter((mismatch) => {
    const rule = rules.find((candidate) => candidate.waives(mismatch, context))
    if (rule !== undefined) fired.push(rule.id)
    return rule === undefined
  })
  countRules(counts, fired)
  if (left.length > 0) {
    tally.fail({ name: vector.name, step: String(context.index), differences: left })
  } else if (fired.length > 0) tally.waived++
  else tally.passed++
}

const mayHold = (rule: Rule, { authority }: Vector): boolean =>
  authority !== 'normative' || rule.inNormative !== undefined
