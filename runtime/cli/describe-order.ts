import type { Entry, Explanation, FilledEntry, MarketRow } from '../explain/explanation.ts'
import { folded } from './fold-rows.ts'
import type { RepeatedRun } from './repeat-run.ts'

/** One line of the story: session time, where it happened, what. */
type Line = readonly [time: string, where: string, what: string]

/** The story of an order for people; runs of more than `rowsShown` rows are folded. */
export function describeOrder(
  explanation: Explanation,
  run: RepeatedRun,
  rowsShown: number,
): string {
  const { order, asked, instrument, originNs, timeline, end } = explanation
  const origin = BigInt(originNs)
  const lines = folded(timeline.filter(isSeen), rowsShown).flatMap((item): Line[] => {
    if ('entry' in item) return linesOf(item.entry, origin)
    const { count, from, to } = item
    const moved = `queue ${queue(from)} -> ${queue(to)}`
    return [['', '...', `${count} more rows: ${moved}; --rows all shows them`]]
  })
  const count = end.fills === 1 ? '1 fill' : `${end.fills} fills`
  const fate = end.fills === 0 ? '' : `: ${end.filledQty} in ${count}, fee ${end.fee}`
  const terms =
    asked === null
      ? ''
      : `: ${asked.side} ${asked.qty} ${instrument} at ${asked.price}, ${asked.orderType} ${asked.timeInForce}`
  return [
    `${order}${terms}`,
    ...describeRepeat(run),
    '',
    aligned([['time, s', 'where', 'what'], ...lines]),
    '',
    `end: ${STATES[end.state]}${fate}`,
  ].join('\n')
}

const STATES: Readonly<Record<Explanation['end']['state'], string>> = {
  denied: 'denied by Risk',
  neverSent: 'never sent',
  waiting: 'still waiting to be sent',
  underWay: 'sent, and nothing heard of it',
  open: 'still open',
  filled: 'filled',
  canceled: 'canceled',
  expired: 'expired',
  rejected: 'rejected',
}

function describeRepeat({ name, outcome, events, eventLogHash, failure }: RepeatedRun): string[] {
  if (eventLogHash !== null) {
    return [`run ${name}, repeated: ${events} Events, event log ${eventLogHash} as recorded`]
  }
  const why = failure === null ? '' : `; it failed: ${failure.message.split('\n')[0]}`
  const state = outcome === 'failed' ? 'failed' : 'was interrupted'
  return [`run ${name}, which ${state}, repeated: ${events} Events as recorded${why}`]
}

function linesOf(entry: Entry, origin: bigint): Line[] {
  const time = (ns: string) => seconds(BigInt(ns) - origin)
  const [where, ...what] = wordsOf(entry, time)
  return what.map((text, i) => (i === 0 ? [time(entry.timeNs), where, text] : ['', '', text]))
}

type Time = (ns: string) => string

function wordsOf(entry: Entry, time: Time): readonly [where: string, ...what: string[]] {
  switch (entry.kind) {
    case 'decision':
      return ['decision', `position ${entry.position}, ${entry.reason}: ${command(entry)}`]
    case 'risk':
      if (entry.verdict === 'allowed') return ['risk', `${entry.command} allowed`]
      return ['risk', `${entry.command} denied: ${entry.reason}, a limit of the ${entry.scope}`]
    case 'takenBack':
      return ['risk', `all of the step taken back, ${entry.stage} failed: ${entry.reason}`]
    case 'admitted':
      return ['queue', `${entry.command} admitted, number ${entry.sequence}`]
    case 'waits':
      return ['queue', `${entry.command} waits for ${waitsFor(entry, time)}`]
    case 'closed':
      return ['queue', `${entry.command} closed: ${entry.reason}${by(entry.by)}`]
    case 'sent':
      return ['sent', `${command(entry)}${recorded(entry.recordPosition)}`]
    case 'notSent':
      return ['sent', `${entry.command} did not leave: ${entry.reason}`]
    case 'disposed':
      return ['session', `given up as ${entry.outcome}: ${entry.reason}`]
    case 'anomaly':
      return ['session', `position ${entry.position}, anomaly: ${entry.anomaly}`]
    case 'arrived':
      return ['venue', `${entry.command} arrived after ${millis(entry.entryNs)}`]
    case 'rested':
      return ['venue', `rests at ${entry.price}, ${queue(entry.queue)} ahead of ${entry.qty}`]
    case 'moved': {
      const moved = `queue ${queue(entry.queueBefore)} -> ${queue(entry.queueAfter)}`
      return [`row ${entry.row}`, `${market(entry.market)}: ${moved}`]
    }
    case 'displaced':
      return [`row ${entry.row}`, `${market(entry.market)}: place unknown until the next row there`]
    case 'filled':
      return ['fill', filled(entry), causeOf(entry), known(entry, time)]
    default:
      return ['venue', `${report(entry)}; ${known(entry, time)}`]
  }
}

function command(entry: {
  readonly command: string
  readonly price: string | null
  readonly qty: string | null
}): string {
  return entry.price === null ? entry.command : `${entry.command} ${entry.qty} at ${entry.price}`
}

const by = (kind: string | null): string => (kind === null ? '' : ` by the ${kind}`)

const recorded = (position: number | null): string =>
  position === null ? ', no record of it yet' : `, recorded at position ${position}`

function waitsFor({ waitsFor: what, dueNs }: Entry & { kind: 'waits' }, time: Time): string {
  if (what === 'inflight') return 'the answer to the request under way'
  if (what === 'acknowledgement') return 'the order to be acknowledged'
  return dueNs === null ? 'the rate' : `the rate, looked at again at ${time(dueNs)}`
}

type Report = Exclude<Extract<Entry, { receivedNs: string }>, FilledEntry>

function report({ kind, reason, price, qty, leavesQty }: Report): string {
  const name = kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  if (price !== null) return `${name}: ${qty} at ${price}, ${leavesQty} open`
  return reason === null ? name : `${name}: ${reason}`
}

function known(
  { receivedNs, responseNs, position }: Pick<Report, 'receivedNs' | 'responseNs' | 'position'>,
  time: Time,
): string {
  if (position === null) return 'the run did not learn of it'
  return `known ${millis(responseNs)} later, at ${time(receivedNs)}, position ${position}`
}

function filled({ qty, price, liquidity, fee, leavesQty }: FilledEntry): string {
  return `${qty} at ${price} as ${liquidity}, fee ${fee}, ${leavesQty} left`
}

function causeOf({ cause, row, market: by, price, queueBefore, queueAfter }: FilledEntry): string {
  if (cause === 'take') return 'by taking on arrival'
  if (cause === 'unknown') return 'by a cause that nobody knows'
  const through =
    by?.price === price ? 'by a trade through the queue' : 'by a trade through the price'
  const what = cause === 'cross' ? 'by a quote that crossed it' : through
  return `${what}, row ${row}, ${market(by)}: queue ${queue(queueBefore)} -> ${queue(queueAfter)}`
}

function market(row: MarketRow | null): string {
  if (row === null) return 'a row that the exchange does not see'
  const { kind, side, price, qty, previousQty } = row
  if (kind === 'trade') return `trade, ${side === null ? '' : `${side} `}${qty} at ${price}`
  if (kind === 'clear')
    return `clear ${side ?? 'both sides'} ${price === null ? '' : `to ${price}`}`
  const level = side === 'buy' ? 'bid' : 'ask'
  return `${kind} ${level} ${price}: ${previousQty === null ? '' : `${previousQty} -> `}${qty}`
}

/** Digits beyond those that are shown are the noise of float64: JSON has them. */
const isSeen = (entry: Entry): boolean =>
  entry.kind !== 'moved' || queue(entry.queueBefore) !== queue(entry.queueAfter)

/** To a millionth; JSON has every digit. */
const queue = (value: number): string => String(Math.round(value * 1e6) / 1e6)

const millis = (ns: number): string => `${ns / 1e6} ms`

function seconds(ns: bigint): string {
  const micros = ns / 1_000n
  return `${micros / 1_000_000n}.${(micros % 1_000_000n).toString().padStart(6, '0')}`
}

function aligned(lines: readonly Line[]): string {
  const width = (column: 0 | 1) => Math.max(...lines.map((line) => line[column].length))
  const [first, second] = [width(0), width(1)]
  return lines
    .map(([time, where, what]) => `  ${time.padStart(first)}  ${where.padEnd(second)}  ${what}`)
    .join('\n')
}
