/**
 * Mutants that no test can kill, because what they change cannot be seen from outside. They count
 * as survivors all the same. Told by their text, so that an entry outlives edits around it; `at`,
 * the line they begin in, tells apart equal changes in one file.
 */
export type AcceptedMutant = {
  readonly file: string
  readonly at?: string
  readonly original: string
  readonly replacement: string
  readonly reason: string
}

export const acceptedMutants: readonly AcceptedMutant[] = []
