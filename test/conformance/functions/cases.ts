import { countRules, type RuleCounts, Tally } from '../report.ts'
import { type Authority, equalJson, type Json } from '../steps/format.ts'

/** A case of a function file: what it expects and what we give, or why there is nothing to compare. */
export type Answer =
  | { readonly expected: Json; readonly found: Json; readonly rule?: string }
  | 'withoutCounterpart'

/** Compares every case that is not an accident of the reference. */
export function judgeCases<Case extends { readonly authority: Authority }>(
  cases: readonly Case[],
  name: (one: Case, index: number) => string,
  answer: (one: Case) => Answer,
  counts: RuleCounts,
): Tally {
  const tally = new Tally()
  cases.forEach((one, index) => {
    if (one.authority === 'reference-only') {
      tally.skipped++
      return
    }
    const result = answer(one)
    if (result === 'withoutCounterpart') tally.skipped++
    else if (equalJson(result.expected, result.found)) tally.passed++
    else if (result.rule !== undefined && one.authority !== 'normative') {
      tally.waived++
      countRules(counts, [result.rule])
    } else {
      const { expected, found } = result
      const differences = [{ path: 'result', expected, found }]
      tally.fail({ name: name(one, index), step: String(index), differences })
    }
  })
  return tally
}
