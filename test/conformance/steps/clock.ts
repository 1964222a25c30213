import { entriesOf, type Vector } from './format.ts'

/** Nanosecond texts of a vector as times since its own origin, and back. */
export class Clock {
  readonly #origin: bigint

  constructor(vector: Vector) {
    this.#origin = originOf(vector)
  }

  time(nanos: string): number {
    return Number(BigInt(nanos) - this.#origin)
  }

  text(time: number): string {
    return String(this.#origin + BigInt(time))
  }
}

/** One ns before the first time of the vector, so that time 0 is "before the first Event". */
function originOf(vector: Vector): bigint {
  const times = vector.steps.flatMap((step) => [
    BigInt(step.now_ns),
    ...entriesOf(step).map(({ event }) => BigInt(event.ts_ns_local ?? step.now_ns)),
  ])
  return times.reduce((min, time) => (time < min ? time : min), times[0] ?? 1n) - 1n
}
