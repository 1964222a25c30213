import { CodedError, type Nanos } from '@escapement/core'
import type { LatencySource } from '../latency-model.ts'

/** A busy market slows the venue down. */
export type LatencyLoad = {
  /** How far back rows count. */
  readonly windowNs: Nanos
  /** Rows within the window that cost nothing. */
  readonly thresholdRows: number
  /** What each row beyond them adds to a request and to a report. */
  readonly entryPerRowNs: Nanos
  readonly responsePerRowNs: Nanos
}

/**
 * Another latency, and on top of it `perRowNs x max(0, rows - thresholdRows)`, where `rows` counts
 * the market rows of the instrument in the venue's own time from `t - windowNs` on and before t; t
 * is the time of sending for a request and the time of the venue's doing for a report. A request
 * that is lost on its way is lost as fast.
 * @throws ESC_CONFIG_INVALID when a number is no integer of 0 or more, or the window is 0
 */
export function loadedLatency(source: LatencySource, load: LatencyLoad): LatencySource {
  for (const name of ['windowNs', 'thresholdRows', 'entryPerRowNs', 'responsePerRowNs'] as const) {
    const value = load[name]
    const least = name === 'windowNs' ? 1 : 0
    if (Number.isSafeInteger(value) && value >= least) continue
    const [field, needed] = [`latency.load.${name}`, `an integer of at least ${least}`]
    throw new CodedError('ESC_CONFIG_INVALID', { field, found: String(value), needed })
  }
  const { windowNs, thresholdRows, entryPerRowNs, responsePerRowNs } = load
  const over = (rows: number) => (rows > thresholdRows ? rows - thresholdRows : 0)
  return {
    ...source,
    identity: `loaded(${source.identity},${windowNs},${thresholdRows},${entryPerRowNs},${responsePerRowNs})`,
    loadWindowNs: windowNs,
    create(random) {
      const model = source.create(random)
      return {
        entry(time, told) {
          const entry = model.entry(time, told)
          return entry < 0 ? entry : entry + entryPerRowNs * over(told.rows)
        },
        response: (exchTime, told) =>
          model.response(exchTime, told) + responsePerRowNs * over(told.rows),
      }
    },
  }
}
