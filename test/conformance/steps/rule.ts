import type { Mismatch } from './compare.ts'
import type { Note } from './outcome.ts'
import type { StepContext } from './run-steps.ts'

/**
 * Where we differ from a convention of the corpus, and by which ruling. A rule looks at one
 * difference of one step; the step's other comparisons still count. None may speak of a vector's
 * name.
 */
export type Rule = {
  readonly id: string
  readonly ruling: string
  /** Why it may hold inside a normative vector: README 1 calls the subject a convention there. */
  readonly inNormative?: string
  waives(mismatch: Mismatch, context: StepContext): boolean
  /** Fires without a difference, because the mapping prevents one. */
  readonly note?: Note
}
