import type { Dispatch, OrderReport } from '@escapement/core'
import type { TimedLatencySource } from '../../../actors/fill-simulator/latency-model.ts'
import type { Quirks } from '../../../actors/fill-simulator/quirks.ts'
import type { Row } from '../../actors/fill-simulator/probe.ts'
import { arrive } from './naive-arrivals.ts'
import { DeadOrderTouched, NaiveDesk, type NaiveRules } from './naive-desk.ts'
import { NaiveReports } from './naive-reports.ts'
import { applyRow } from './naive-rows.ts'
import { applyTold } from './naive-told.ts'

/** Latencies by time alone. */
export type TimedLatency = ReturnType<TimedLatencySource['create']>

export type ExchangeDay = {
  readonly instruments: readonly NaiveRules[]
  readonly quirks: Quirks
  readonly latency: TimedLatency
  /** By instrument. */
  readonly feeds: readonly (readonly Row[])[]
  readonly asked: readonly { readonly time: number; readonly request: Dispatch }[]
}
export type Answers = {
  /** By instrument, in the order in which they come home. */
  readonly reports: readonly (readonly OrderReport[])[]
  /** When quirk 1 stopped the run. */
  readonly abortedAt: number | undefined
}

/** What happens at one time, in this order: requests leave, rows come, requests arrive. */
type Happening = { readonly time: number; readonly stage: 0 | 1 | 2; readonly what: () => void }

/**
 * The simulated Venue once more, from its README alone and as plainly as possible: everything that
 * happens is written into one list beforehand, sorted, and done.
 */
export function naiveExchange({
  instruments,
  quirks,
  latency,
  feeds,
  asked,
}: ExchangeDay): Answers {
  let executions = 0
  const nextExecId = () => ++executions
  const desks = instruments.map(
    (rules, index) =>
      new NaiveDesk(rules, quirks, new NaiveReports(index, latency.response, nextExecId)),
  )
  const rows = desks.flatMap((desk, index) => feedOf(desk, feeds[index]!))
  const happenings = [...rows, ...requestsOf(desks, latency, asked)]
  happenings.sort((a, b) => a.time - b.time || a.stage - b.stage)
  let abortedAt: number | undefined
  for (const { time, what } of happenings) {
    try {
      what()
    } catch (error) {
      if (!(error instanceof DeadOrderTouched)) throw error
      abortedAt = time
      break
    }
  }
  return { reports: desks.map(({ reports }) => reports.sent), abortedAt }
}

/** The first row of the dataset has number 1000, as the probe counts. */
function feedOf(desk: NaiveDesk, feed: readonly Row[]): Happening[] {
  const apply = feed.some(({ order }) => order !== undefined) ? applyTold : applyRow
  return feed.map((row, index) => ({
    time: row.time,
    stage: 1,
    what: () => apply(desk, row, 1000 + index),
  }))
}

/** A request that is on its way holds back those sent after it. */
function requestsOf(
  desks: readonly NaiveDesk[],
  latency: TimedLatency,
  asked: ExchangeDay['asked'],
): Happening[] {
  const last = desks.map(() => 0)
  return asked.map(({ time, request }) => {
    const desk = desks[request.instrument]!
    const entry = latency.entry(time)
    if (entry < 0) {
      return { time, stage: 0, what: () => desk.reports.lost(time, entry, request) }
    }
    const due = Math.max(last[request.instrument]!, time + entry)
    last[request.instrument] = due
    return { time: due, stage: 2, what: () => arrive(desk, due, request) }
  })
}
