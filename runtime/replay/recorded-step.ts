import type { CoreEvent, Position } from '@escapement/core'

/** One position of a recorded Event Stream; digests as sixteen hexadecimal digits. */
export type RecordedStep = {
  readonly position: Position
  readonly event: CoreEvent
  /** Of the StepResult, if it was recorded. */
  readonly stepDigest?: string
  /** Of State after the step, where it was taken. */
  readonly stateDigest?: string
}
