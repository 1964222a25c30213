import { CodedError, toScale } from '@escapement/core'
import { parseEpochNs, windowOf } from '../config/resolve-config.ts'
import type { Window } from '../feed-channel.ts'
import { exactly } from './exact.ts'
import type { ExperimentBlock } from './experiment-schema.ts'
import type { Experiment } from './read-experiment.ts'

/** A part of session time that is measured by itself; epoch ns as text, null where the data end. */
export type Segment = {
  readonly id: string
  readonly startNs: string | null
  readonly endNs: string | null
}

/** Runs that belong together: a split, an independent segment, or all there is. */
export type RunGroup = {
  readonly id: string
  /** Local time from which rows enter; before `measuredFromNs` by the warm-up. */
  readonly startNs: string | null
  readonly measuredFromNs: string | null
  readonly endNs: string | null
  /** In order and without gaps, from `measuredFromNs` to `endNs`. */
  readonly segments: readonly Segment[]
}

/**
 * Cuts the window of an experiment into groups of runs, each with its segments. Boundaries are
 * those of the experiment: no size of a file or a disk moves them.
 * @throws ESC_EXPERIMENT_WINDOW when a window cannot be cut so, or an end does not follow its start
 */
export function groupsOf({ config, experiment }: Experiment): readonly RunGroup[] {
  const warmUp = toScale(exactly(experiment.warmUpSeconds, 'experiment.warmUpSeconds'), 9)
  if (warmUp === null) {
    throw wrongWindow('warmUpSeconds', String(experiment.warmUpSeconds), 'whole nanoseconds')
  }
  return splitsOf(windowOf(config), experiment).flatMap(([name, window]) => {
    const segments = segmentsOf(window, experiment, name !== ALL)
    if (experiment.segments.policy === 'continuous')
      return [groupOf(name, window, warmUp, segments)]
    return segments.map((segment) => {
      const id = name === ALL ? segment.id : `${name}.${segment.id}`
      return groupOf(id, spanOf(segment), warmUp, [segment])
    })
  })
}

const ALL = 'all'

function groupOf(id: string, window: Window, warmUp: bigint, segments: readonly Segment[]) {
  const { startNs, endNs } = window
  if (warmUp > 0n && startNs === null) {
    throw wrongWindow('warmUpSeconds', 'no start of the window', 'window.start, or splits')
  }
  const from = startNs === null ? null : startNs - warmUp
  return {
    id,
    startNs: textOf(from !== null && from < 0n ? 0n : from),
    measuredFromNs: textOf(startNs),
    endNs: textOf(endNs),
    segments,
  }
}

/** Periods by name, in order of their times. */
function splitsOf(window: Window, { splits }: ExperimentBlock): (readonly [string, Window])[] {
  if (splits === undefined) return [[ALL, window]]
  const { periods, windows } = splits
  if ((periods === undefined) === (windows === undefined)) {
    throw wrongWindow('splits', 'periods and windows, or neither', 'one of both')
  }
  if (periods !== undefined) {
    const bounds = evenly(window, periods, 'splits.periods')
    return bounds.slice(1).map((endNs, i) => {
      return [numbered('period', i), { startNs: bounds[i]!, endNs }] as const
    })
  }
  return Object.entries(windows!)
    .map(([name, { start, end }]) => [name, namedWindow(name, start, end)] as const)
    .sort(([a, x], [b, y]) => {
      const [start, end] = [x.startNs - y.startNs, x.endNs - y.endNs]
      if (start !== 0n) return start < 0n ? -1 : 1
      if (end !== 0n) return end < 0n ? -1 : 1
      return a < b ? -1 : 1
    })
}

function namedWindow(name: string, start: string, end: string) {
  const field = `splits.windows.${name}`
  const startNs = parseEpochNs(start, `experiment.${field}.start`)
  const endNs = parseEpochNs(end, `experiment.${field}.end`)
  if (endNs <= startNs) throw wrongWindow(`${field}.end`, end, `a time later than ${start}`)
  return { startNs, endNs }
}

function segmentsOf(window: Window, experiment: ExperimentBlock, isSplit: boolean): Segment[] {
  const { count, boundaries } = experiment.segments
  if (count !== undefined && boundaries !== undefined) {
    throw wrongWindow('segments', 'count and boundaries', 'one of both')
  }
  const bounds =
    count !== undefined && count > 1
      ? evenly(window, count, 'segments.count').slice(1, -1)
      : innerBounds(window, boundaries ?? [], isSplit)
  const ends = [...bounds, window.endNs]
  return ends.map((endNs, i) => ({
    id: numbered('segment', i),
    startNs: textOf(i === 0 ? window.startNs : bounds[i - 1]!),
    endNs: textOf(endNs),
  }))
}

/** Boundaries of several splits are for each those that lie in it. */
function innerBounds({ startNs, endNs }: Window, texts: readonly string[], isSplit: boolean) {
  const bounds = texts.map((text, i) => parseEpochNs(text, `experiment.segments.boundaries[${i}]`))
  bounds.forEach((bound, i) => {
    if (i > 0 && bound <= bounds[i - 1]!) {
      throw wrongWindow(`segments.boundaries[${i}]`, texts[i]!, 'later than the one before')
    }
  })
  const isInside = (ns: bigint) =>
    (startNs === null || ns > startNs) && (endNs === null || ns < endNs)
  const outside = bounds.findIndex((bound) => !isInside(bound))
  if (outside >= 0 && !isSplit) {
    throw wrongWindow(`segments.boundaries[${outside}]`, texts[outside]!, 'a time within window')
  }
  return bounds.filter(isInside)
}

/** The `parts + 1` bounds of equal parts, to the nanosecond below. */
function evenly({ startNs, endNs }: Window, parts: number, field: string): bigint[] {
  if (startNs === null || endNs === null) {
    throw wrongWindow(field, 'no window', 'window.start and window.end to be divided')
  }
  const span = endNs - startNs
  if (span < BigInt(parts)) throw wrongWindow(field, String(parts), `at most ${span} parts`)
  return Array.from({ length: parts + 1 }, (_, i) => startNs + (span * BigInt(i)) / BigInt(parts))
}

const spanOf = ({ startNs, endNs }: Segment): Window => ({
  startNs: startNs === null ? null : BigInt(startNs),
  endNs: endNs === null ? null : BigInt(endNs),
})

const numbered = (stem: string, index: number): string =>
  `${stem}_${String(index).padStart(4, '0')}`

const textOf = (ns: bigint | null): string | null => (ns === null ? null : ns.toString())

const wrongWindow = (field: string, found: string, needed: string): CodedError =>
  new CodedError('ESC_EXPERIMENT_WINDOW', { field: `experiment.${field}`, found, needed })
