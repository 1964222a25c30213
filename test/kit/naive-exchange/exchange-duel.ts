import { isDeepStrictEqual } from 'node:util'
import type { Dispatch, OrderReport } from '@escapement/core'
import { queueModel } from '../../../actors/fill-simulator/queue-model.ts'
import type { FillSimulatorConfig } from '../../../actors/fill-simulator/venue-config.ts'
import type { LatencyModel, VenueReport } from '../../../actors/ports.ts'
import { dispatch, VenueProbe } from '../../actors/fill-simulator/probe.ts'
import { recordOf } from '../core-desk.ts'
import type { ExchangeSession } from './exchange-session.ts'
import { type Answers, naiveExchange } from './naive-exchange.ts'

/** Both venues on one session; throws at the first report that differs. Returns all reports. */
export function exchangeDuel(session: ExchangeSession): readonly OrderReport[] {
  const asked = requestsOf(session)
  const naive = naiveExchange({ ...session, asked, latency: latencyOf(session) })
  const { reports, aborted } = playReal(session, asked)
  if (aborted !== (naive.abortedAt !== undefined)) {
    throw new Error(`naive aborted at ${naive.abortedAt}, real ${aborted}`)
  }
  const answers = reports.filter(isAnswer)
  const sent = asked.map(({ time, request }) => recordOf(request, time))
  const said = reports.filter((report) => !isAnswer(report))
  if (!aborted && !isDeepStrictEqual(said, sent)) throw new Error('records of dispatch differ')
  for (let index = 0; index < session.instruments.length; index++) {
    const keys = new Set(asked.filter(({ request }) => request.instrument === index).map(keyOf))
    const real = answers.filter(({ key }) => keys.has(key))
    assertSameReports(known(naive, index), real.slice(0, known(naive, index).length), index)
    if (!aborted) assertSameReports(known(naive, index), real, index)
  }
  return answers
}

const keyOf = ({ request }: { readonly request: Dispatch }): number => request.key

/** Of an aborted run only what was certainly delivered before. */
const known = ({ reports, abortedAt }: Answers, index: number): readonly OrderReport[] =>
  reports[index]!.filter(({ time }) => abortedAt === undefined || time < abortedAt)

type Asked = readonly { readonly time: number; readonly request: Dispatch }[]

/** The real venue alone; every record is an Event here. */
export const playSession = (session: ExchangeSession): readonly VenueReport[] =>
  playReal(session, requestsOf(session)).reports

const requestsOf = ({ asked }: ExchangeSession): Asked =>
  asked.map(({ time, terms }) => ({ time, request: dispatch(terms) }))

function playReal(session: ExchangeSession, asked: Asked) {
  const probe = new VenueProbe(configOf(session))
  session.feeds.forEach((rows, instrument) => {
    probe.market(rows, instrument)
  })
  for (const { time, request } of asked) probe.send(time, 'request', request)
  let aborted = false
  try {
    probe.run()
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('InvalidOrderStatus'))) throw error
    aborted = true
  }
  return { reports: probe.reports, aborted }
}

function configOf(session: ExchangeSession): FillSimulatorConfig {
  return {
    instruments: session.instruments.map((rules) => ({ ...rules, queue: queueModel(rules.queue) })),
    latency: { identity: 'by time', create: () => latencyOf(session) },
    quirks: session.quirks,
  }
}

export const latencyOf = ({ entries, responses }: ExchangeSession): LatencyModel => ({
  entry: (time) => entries[time % entries.length]!,
  response: (exchTime) => responses[exchTime % responses.length]!,
})

const isAnswer = (report: VenueReport): report is Extract<VenueReport, OrderReport> =>
  !/submitted|dispatched|dispatch\.failed|account/.test(report.type)

export function assertSameReports(
  naive: readonly OrderReport[],
  real: readonly OrderReport[],
  index: number,
) {
  const at = Array.from({ length: Math.max(naive.length, real.length) }, (_, i) => i).find(
    (i) => !isDeepStrictEqual(naive[i], real[i]),
  )
  if (at === undefined) return
  throw new Error(
    [
      `instrument ${index}, report ${at} differs`,
      ...real.slice(Math.max(0, at - 5), at).map((report) => `  both  ${JSON.stringify(report)}`),
      `  naive ${JSON.stringify(naive[at])}`,
      `  real  ${JSON.stringify(real[at])}`,
    ].join('\n'),
  )
}
