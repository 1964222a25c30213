import type { ByteReader, ByteWriter } from './codec.ts'
import { type ConfigurationChanges, changesFromPlain, changesToPlain } from './configuration.ts'
import { CodedError } from './errors.ts'
import { type CoreEvent, EVENT_TYPES, type EventType } from './events.ts'
import type { MarketView } from './market-view.ts'
import { type PlainData, readPlainData, writePlainData } from './plain-data.ts'
import { rateGroups } from './rules/rate-rules.ts'

/**
 * The shape of every Event, once: what a field may hold, and its canonical bytes. An Event is its
 * type's number, the time, then the fields in the order of {@link FIELDS}. Market rows are written
 * by reference: instrument and range of the local view.
 */
type Codec = {
  /** What a field needs, for a person. */
  readonly needed: string
  accepts(value: unknown): boolean
  write(value: unknown, writer: ByteWriter): void
  read(reader: ByteReader): unknown
}

const real: Codec = {
  needed: 'a number',
  accepts: (value) => typeof value === 'number',
  write: (value, writer) => writer.f64(value as number),
  read: (reader) => reader.f64(),
}
const int: Codec = { ...real, needed: 'an integer', accepts: Number.isSafeInteger }
/** A quantity: more than nothing. */
const lots: Codec = {
  ...int,
  needed: 'a positive integer',
  accepts: (value) => Number.isSafeInteger(value) && (value as number) > 0,
}
const side: Codec = { ...int, needed: '1 or -1', accepts: (value) => value === 1 || value === -1 }
const text: Codec = {
  needed: 'a text',
  accepts: (value) => typeof value === 'string',
  write: (value, writer) => writer.text(value as string),
  read: (reader) => reader.text(),
}
const ints: Codec = {
  needed: 'a list of integers',
  accepts: (value) => Array.isArray(value) && value.every(Number.isSafeInteger),
  write(value, writer) {
    const list = value as readonly number[]
    writer.i32(list.length)
    for (const item of list) writer.f64(item)
  },
  read: (reader) => Array.from({ length: reader.i32() }, () => reader.f64()),
}
const changes: Codec = {
  needed: 'limits that can be applied',
  accepts(value) {
    try {
      const { rateLimits, ownRates } = changesFromPlain(
        changesToPlain(value as ConfigurationChanges),
      )
      return rateGroups(rateLimits ?? {}, ownRates ?? []) !== null
    } catch {
      return false
    }
  },
  write: (value, writer) => writePlainData(changesToPlain(value as ConfigurationChanges), writer),
  read: (reader) => changesFromPlain(readPlainData(reader) as PlainData),
}

/** One of a few words, as its index. */
const word = (...words: readonly string[]): Codec => ({
  needed: `one of ${words.join(', ')}`,
  accepts: (value) => words.includes(value as string),
  write: (value, writer) => writer.u8(words.indexOf(value as string)),
  read: (reader) => reader.pick(words),
})

type Fields = readonly (readonly [name: string, codec: Codec])[]

const kind = word('new', 'replace', 'cancel')
/** A NEW has a record of its own. */
const change: Codec = { ...kind, accepts: (value) => value === 'replace' || value === 'cancel' }
const range: Fields = [
  ['instrument', int],
  ['from', int],
  ['to', int],
]
const report: Fields = [
  ['exchTime', int],
  ['key', int],
]
const because: Fields = [['reason', text]]

const FIELDS: { readonly [T in EventType]: Fields } = {
  'market.updated': range,
  'market.snapshot': range,
  'order.submitted': [
    ['key', int],
    ['instrument', int],
    ['side', side],
    ['orderType', word('limit', 'market')],
    ['timeInForce', word('GTC', 'IOC', 'FOK', 'postOnly')],
    ['price', int],
    ['qty', lots],
  ],
  'intent.dispatched': [
    ['key', int],
    ['kind', change],
  ],
  'dispatch.failed': [['key', int], ['kind', kind], ...because],
  'intent.rejected': [['key', int], ['kind', kind], ...because],
  'order.accepted': report,
  'order.rejected': [...report, ...because],
  'order.filled': [
    ...report,
    ['instrument', int],
    ['side', side],
    ['execId', int],
    ['lastPrice', int],
    ['lastQty', lots],
    ['cumQty', lots],
    ['leavesQty', int],
    ['liquidity', word('maker', 'taker')],
    ['fee', int],
    ['cause', word('trade', 'cross', 'take', 'unknown')],
    ['causeRow', int],
    ['queueBefore', real],
    ['queueAfter', real],
  ],
  'order.replaced': [...report, ['price', int], ['qty', lots], ['leavesQty', int]],
  'order.replaceRejected': [...report, ...because],
  'order.cancelRejected': [...report, ...because],
  'order.canceled': report,
  'order.expired': [...report, ...because],
  'order.disposed': [...report, ['outcome', word('canceled', 'rejected')], ...because],
  'account.updated': [
    ['exchTime', int],
    ['instrument', int],
    ['position', int],
    ['balance', int],
  ],
  'control.time': [
    ['due', int],
    ['reason', word('rate', 'wakeUp')],
  ],
  'control.sessionStarted': [['seed', int]],
  'control.sessionEnded': because,
  'control.tradingEnabled': because,
  'control.tradingDisabled': because,
  'control.strategyDisabled': [['strategy', int], ...because],
  'control.configurationChanged': [
    ['version', text],
    ['changes', changes],
  ],
  'control.feedGap': [['instrument', int]],
  'control.feedRestored': [['instrument', int]],
  'control.checkpoint': [['label', text]],
  'control.signal': [
    ['name', text],
    ['version', int],
    ['payload', ints],
  ],
  'control.anomaly': [
    ['kind', text],
    ['key', int],
  ],
  'control.sessionDraining': because,
  'account.funded': [
    ['exchTime', int],
    ['instrument', int],
    ['position', int],
    ['mark', text],
    ['rate', text],
    ['amount', int],
  ],
}

const CODES = new Map<string, number>(EVENT_TYPES.map((type, code) => [type, code]))

/** The first field that does not hold what it must, or null. */
export function wrongField(
  event: CoreEvent,
): { readonly field: string; readonly found: unknown; readonly needed: string } | null {
  const values = event as unknown as Readonly<Record<string, unknown>>
  for (const [field, { accepts, needed }] of FIELDS[event.type]) {
    if (!accepts(values[field])) return { field, found: values[field], needed }
  }
  return null
}

/** Writes one Event that the boundary would accept; market rows go as a range of their view. */
export function writeEvent(event: CoreEvent, writer: ByteWriter): void {
  writer.u8(CODES.get(event.type)!).f64(event.time)
  // Nearly every Event of a backtest is this one.
  if (event.type === 'market.updated') {
    writer.f64(event.instrument).f64(event.from).f64(event.to)
    return
  }
  const values = event as unknown as Readonly<Record<string, unknown>>
  for (const [name, codec] of FIELDS[event.type]) codec.write(values[name], writer)
}

/**
 * Reads one Event; `viewOf` gives the local view that market ranges refer to.
 * @throws ESC_STATE_RESTORE when the bytes are not an Event
 */
export function readEvent(
  reader: ByteReader,
  viewOf: (instrument: number) => MarketView,
): CoreEvent {
  const code = reader.u8()
  const type = EVENT_TYPES[code]
  if (type === undefined) {
    throw new CodedError('ESC_STATE_RESTORE', { field: 'event type', found: String(code) })
  }
  const event: Record<string, unknown> = { type, time: reader.f64() }
  for (const [name, codec] of FIELDS[type]) event[name] = codec.read(reader)
  if (type === 'market.updated' || type === 'market.snapshot') {
    event.view = viewOf(event.instrument as number)
  }
  return event as unknown as CoreEvent
}
