import type { ByteReader, ByteWriter } from './codec.ts'
import { type ConfigurationChanges, changesFromPlain, changesToPlain } from './configuration.ts'
import { CodedError } from './errors.ts'
import { type CoreEvent, EVENT_TYPES, type EventType } from './events.ts'
import type { MarketView } from './market-view.ts'
import { type PlainData, readPlainData, writePlainData } from './plain-data.ts'

/**
 * Canonical bytes of Events: the type's number, the time, then the fields in the order of
 * {@link FIELDS}. Market rows are written by reference: instrument and range of the local view.
 */
type Codec = {
  write(value: unknown, writer: ByteWriter): void
  read(reader: ByteReader): unknown
}

const int: Codec = {
  write: (value, writer) => writer.f64(value as number),
  read: (reader) => reader.f64(),
}
const text: Codec = {
  write: (value, writer) => writer.text(value as string),
  read: (reader) => reader.text(),
}
const ints: Codec = {
  write(value, writer) {
    const list = value as readonly number[]
    writer.i32(list.length)
    for (const item of list) writer.f64(item)
  },
  read: (reader) => Array.from({ length: reader.i32() }, () => reader.f64()),
}
const changes: Codec = {
  write: (value, writer) => writePlainData(changesToPlain(value as ConfigurationChanges), writer),
  read: (reader) => changesFromPlain(readPlainData(reader) as PlainData),
}

/** One of a few words, as its index. */
function word(...words: readonly string[]): Codec {
  return {
    write: (value, writer) => writer.u8(words.indexOf(value as string)),
    read(reader) {
      const index = reader.u8()
      const found = words[index]
      if (found === undefined) {
        throw new CodedError('ESC_STATE_RESTORE', { field: words.join('|'), found: String(index) })
      }
      return found
    },
  }
}

type Fields = readonly (readonly [name: string, codec: Codec])[]

const kind = word('new', 'replace', 'cancel')
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
    ['side', int],
    ['orderType', word('limit', 'market')],
    ['timeInForce', word('GTC', 'IOC', 'FOK', 'postOnly')],
    ['price', int],
    ['qty', int],
  ],
  'intent.dispatched': [
    ['key', int],
    ['kind', kind],
  ],
  'dispatch.failed': [['key', int], ['kind', kind], ...because],
  'intent.rejected': [['key', int], ['kind', kind], ...because],
  'order.accepted': report,
  'order.rejected': [...report, ...because],
  'order.filled': [
    ...report,
    ['instrument', int],
    ['side', int],
    ['execId', int],
    ['lastPrice', int],
    ['lastQty', int],
    ['cumQty', int],
    ['leavesQty', int],
    ['liquidity', word('maker', 'taker')],
    ['fee', int],
    ['cause', word('trade', 'cross', 'take', 'unknown')],
    ['causeRow', int],
    ['queueBefore', int],
    ['queueAfter', int],
  ],
  'order.replaced': [...report, ['price', int], ['qty', int], ['leavesQty', int]],
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
}

const CODES = new Map<string, number>(EVENT_TYPES.map((type, code) => [type, code]))

export function writeEvent(event: CoreEvent, writer: ByteWriter): void {
  writer.u8(CODES.get(event.type)!).f64(event.time)
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
