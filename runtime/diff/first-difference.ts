import {
  ByteWriter,
  type CoreEvent,
  isMarketEvent,
  type MarketEvent,
  type Position,
  writeEvent,
} from '@escapement/core'
import type { RecordedStep } from '../replay/recorded-step.ts'

/** In what a position differs: what happened, what its step came to, or State after it. */
export type DifferingPart = 'event' | 'decision' | 'state'

/** The first position at which two recorded Event Streams differ. */
export type StreamDifference = {
  readonly position: Position
  /** What each recorded there; null of a stream that ended before. */
  readonly a: RecordedStep | null
  readonly b: RecordedStep | null
  /** Empty where one ended. */
  readonly parts: readonly DifferingPart[]
}

/**
 * Compares two streams position by position; null when they are equal to their end. How a log cuts
 * its records does not count: a digest is compared where both have it.
 */
export function firstDifference(
  a: Iterable<RecordedStep>,
  b: Iterable<RecordedStep>,
): StreamDifference | null {
  const left = a[Symbol.iterator]()
  const right = b[Symbol.iterator]()
  for (;;) {
    const one = stepOf(left.next())
    const other = stepOf(right.next())
    if (one === null && other === null) return null
    if (one === null || other === null) {
      return { position: (one ?? other)!.position, a: one, b: other, parts: [] }
    }
    const parts = differingParts(one, other)
    if (parts.length > 0) {
      return { position: Math.min(one.position, other.position), a: one, b: other, parts }
    }
  }
}

const stepOf = (next: IteratorResult<RecordedStep>): RecordedStep | null =>
  next.done === true ? null : next.value

function differingParts(a: RecordedStep, b: RecordedStep): readonly DifferingPart[] {
  const parts: DifferingPart[] = []
  if (a.position !== b.position || !isSameEvent(a.event, b.event)) parts.push('event')
  if (isOther(a.stepDigest, b.stepDigest)) parts.push('decision')
  if (isOther(a.stateDigest, b.stateDigest)) parts.push('state')
  return parts
}

const isOther = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a !== b

const scratch = [new ByteWriter(), new ByteWriter()] as const

/** Equal in every field, and of market Events in every row. */
function isSameEvent(a: CoreEvent, b: CoreEvent): boolean {
  writeEvent(a, scratch[0].reset())
  writeEvent(b, scratch[1].reset())
  if (Buffer.compare(scratch[0].written(), scratch[1].written()) !== 0) return false
  return !isMarketEvent(a) || !isMarketEvent(b) || hasSameRows(a, b)
}

const COLUMNS = ['time', 'exchTime', 'kind', 'side', 'price', 'qty'] as const

function hasSameRows({ view, from, to }: MarketEvent, { view: other }: MarketEvent): boolean {
  if (view === other) return true
  for (const name of COLUMNS) {
    const [one, two] = [view[name], other[name]]
    for (let row = from; row < to; row++) if (one[row] !== two[row]) return false
  }
  return true
}
