import type { Nanos } from '@escapement/core'

/**
 * One direction of the order bus: messages in it never overtake each other. A message is raised to
 * the time of the last one still under way; one already delivered holds nobody back.
 */
export class Lane {
  #waiting = 0
  #tail: Nanos = 0

  /** When a message sent to be there at `time` arrives; it counts as under way from here. */
  enter(time: Nanos): Nanos {
    const due = this.#waiting > 0 && this.#tail > time ? this.#tail : time
    this.#waiting++
    this.#tail = due
    return due
  }

  /** The oldest message was delivered. */
  leave(): void {
    this.#waiting--
  }
}
