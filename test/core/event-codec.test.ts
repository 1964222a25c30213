/** Events and plain data as bytes: what is written is read again, and nothing else is an Event. */
import {
  ByteReader,
  ByteWriter,
  type CoreEvent,
  Digest,
  digestPlainData,
  EVENT_TYPES,
  eventCategory,
  freezePlainData,
  type PlainData,
  parseDecimal,
  readEvent,
  readPlainData,
  writeEvent,
  writePlainData,
} from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { viewOf } from '../kit/market.ts'

const view = viewOf([{ price: 1, qty: 1 }])
const int = fc.maxSafeInteger()
const nat = fc.maxSafeNat()
const text = fc.string({ unit: 'binary' })
const word = <T extends string>(...words: T[]) => fc.constantFrom(...words)
const side = fc.constantFrom(1, -1)
const amount = fc
  .tuple(fc.nat(), fc.nat(5))
  .map(([digits, scale]) => parseDecimal((digits / 10 ** scale).toFixed(scale)))
const report = { exchTime: int, key: nat }
const because = { ...report, reason: text }
const range = { instrument: fc.nat(9), from: fc.nat(), to: fc.nat(), view: fc.constant(view) }
const risk = fc.record(
  {
    maxPosition: amount,
    maxSingleOrderNotional: amount,
    maxGrossNotional: amount,
    maxActiveQuotes: fc.nat(),
    maxGrossQuoteNotional: amount,
    maxNetQuoteNotional: amount,
    maxDrawdown: amount,
    maxRollingLoss: fc.record({ amount, windowNs: nat }),
    minOrderNotional: amount,
    postOnlyMode: word('reject', 'drop'),
  },
  { requiredKeys: [] },
)
const rateLimits = fc.record({ orders: amount, cancels: amount }, { requiredKeys: [] })
const commandKind = word('new', 'replace', 'cancel')

/** Fields of every Event type; the compiler asks for a line when a type is added. */
const fields: { readonly [T in CoreEvent['type']]: Record<string, fc.Arbitrary<unknown>> } = {
  'market.updated': range,
  'market.snapshot': range,
  'order.submitted': {
    key: nat,
    instrument: fc.nat(9),
    side,
    orderType: word('limit', 'market'),
    timeInForce: word('GTC', 'IOC', 'FOK', 'postOnly'),
    price: int,
    qty: nat,
  },
  'intent.dispatched': { key: nat, kind: word('replace', 'cancel') },
  'dispatch.failed': { key: nat, kind: commandKind, reason: text },
  'intent.rejected': { key: nat, kind: commandKind, reason: text },
  'order.accepted': report,
  'order.rejected': because,
  'order.filled': {
    ...report,
    instrument: fc.nat(9),
    side,
    execId: nat,
    lastPrice: int,
    lastQty: nat,
    cumQty: nat,
    leavesQty: nat,
    liquidity: word('maker', 'taker'),
    fee: int,
    cause: word('trade', 'cross', 'take', 'unknown'),
    causeRow: int,
    queueBefore: fc.double(),
    queueAfter: fc.double(),
  },
  'order.replaced': { ...report, price: int, qty: nat, leavesQty: nat },
  'order.replaceRejected': because,
  'order.cancelRejected': because,
  'order.canceled': report,
  'order.expired': because,
  'order.disposed': { ...because, outcome: word('canceled', 'rejected') },
  'account.funded': {
    exchTime: int,
    instrument: fc.nat(9),
    position: int,
    mark: text,
    rate: text,
    amount: int,
  },
  'account.updated': { exchTime: int, instrument: fc.nat(9), position: int, balance: int },
  'control.time': { due: nat, reason: word('rate', 'wakeUp') },
  'control.sessionStarted': { seed: int },
  'control.sessionEnded': { reason: text },
  'control.sessionDraining': { reason: text },
  'control.tradingEnabled': { reason: text },
  'control.tradingDisabled': { reason: text },
  'control.strategyDisabled': { strategy: fc.nat(9), reason: text },
  'control.configurationChanged': {
    version: text,
    changes: fc.record({ risk, rateLimits }, { requiredKeys: [] }),
  },
  'control.feedGap': { instrument: fc.nat(9) },
  'control.feedRestored': { instrument: fc.nat(9) },
  'control.checkpoint': { label: text },
  'control.signal': { name: text, version: nat, payload: fc.array(int) },
  'control.anomaly': { kind: word('overfill', 'unknownOrder', 'duplicateFill'), key: int },
}

const eventOf = (type: CoreEvent['type']): fc.Arbitrary<CoreEvent> =>
  fc.record({ type: fc.constant(type), time: nat, ...fields[type] }) as fc.Arbitrary<never>
const anyEvent = fc.constantFrom(...EVENT_TYPES).chain(eventOf)

function read(bytes: Uint8Array): CoreEvent {
  const reader = new ByteReader(bytes)
  const event = readEvent(reader, () => view)
  reader.end()
  return event
}
const bytesOf = (event: CoreEvent): Uint8Array => {
  const writer = new ByteWriter()
  writeEvent(event, writer)
  return writer.finish()
}

describe('an Event', () => {
  describe.each(EVENT_TYPES)('%s', (type) => {
    propertyTest.prop([eventOf(type)], { numRuns: 30 })('is read as it was written', (event) => {
      expect(read(bytesOf(event))).toEqual(event)
      expect(bytesOf(read(bytesOf(event)))).toEqual(bytesOf(event))
      expect(['market', 'intent', 'execution', 'control']).toContain(eventCategory(event))
    })
  })

  propertyTest.prop([anyEvent, fc.nat()])('that is cut short is refused', (event, cut) => {
    const bytes = bytesOf(event)
    expect(() => read(bytes.subarray(0, cut % bytes.length))).toThrow(
      expect.objectContaining({ code: 'ESC_STATE_RESTORE' }),
    )
  })

  propertyTest.prop([fc.array(anyEvent, { maxLength: 8 })])(
    'ends where the next begins',
    (events) => {
      const writer = new ByteWriter()
      for (const event of events) writeEvent(event, writer)
      const reader = new ByteReader(writer.finish())
      expect(events.map(() => readEvent(reader, () => view))).toEqual(events)
      reader.end()
    },
  )

  test('of an unknown number or word is refused', () => {
    const restore = expect.objectContaining({ code: 'ESC_STATE_RESTORE' })
    expect(() => read(Uint8Array.of(EVENT_TYPES.length, 0, 0, 0, 0, 0, 0, 0, 0))).toThrow(restore)
    const bytes = bytesOf({ type: 'control.time', time: 1, due: 1, reason: 'rate' })
    bytes[bytes.length - 1] = 2
    expect(() => read(bytes)).toThrow(restore)
  })

  test('has a number that never changes: types are appended only', () => {
    expect(EVENT_TYPES.map((type, code) => `${code} ${type}`)).toMatchInlineSnapshot(`
      [
        "0 market.updated",
        "1 market.snapshot",
        "2 order.submitted",
        "3 intent.dispatched",
        "4 dispatch.failed",
        "5 intent.rejected",
        "6 order.accepted",
        "7 order.rejected",
        "8 order.filled",
        "9 order.replaced",
        "10 order.replaceRejected",
        "11 order.cancelRejected",
        "12 order.canceled",
        "13 order.expired",
        "14 order.disposed",
        "15 account.updated",
        "16 control.time",
        "17 control.sessionStarted",
        "18 control.sessionEnded",
        "19 control.tradingEnabled",
        "20 control.tradingDisabled",
        "21 control.strategyDisabled",
        "22 control.configurationChanged",
        "23 control.feedGap",
        "24 control.feedRestored",
        "25 control.checkpoint",
        "26 control.signal",
        "27 control.anomaly",
        "28 control.sessionDraining",
        "29 account.funded",
      ]
    `)
  })
})

const plain: fc.Arbitrary<PlainData> = fc.letrec<{ node: PlainData }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    text,
    fc.array(tie('node')),
    fc.dictionary(text, tie('node')),
  ),
})).node

const digestOf = (value: PlainData): string => {
  const digest = new Digest()
  digestPlainData(value, digest)
  return digest.hex()
}

describe('plain data', () => {
  const roundTrip = (value: PlainData): PlainData => {
    const writer = new ByteWriter()
    writePlainData(value, writer)
    const reader = new ByteReader(writer.finish())
    const found = readPlainData(reader)
    reader.end()
    return found
  }

  propertyTest.prop([plain], { numRuns: 500 })('is read as it was written, digest too', (value) => {
    const found = roundTrip(value)
    expect(JSON.stringify(found)).toBe(JSON.stringify(roundTrip(found)))
    expect(digestOf(found)).toBe(digestOf(value))
    expect(found).toEqual(structuredClone(value))
  })

  propertyTest.prop([fc.dictionary(text, plain)])(
    'does not depend on the order of keys',
    (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse())
      expect(digestOf(turned)).toBe(digestOf(value))
    },
  )

  propertyTest.prop([plain, plain])('of another value has another digest', (a, b) => {
    const same = JSON.stringify(a) === JSON.stringify(b) && Object.is(a, b)
    if (!same) fc.pre(JSON.stringify(a) !== JSON.stringify(b))
    expect(digestOf(a) === digestOf(b)).toBe(same)
  })

  test.each<[PlainData, PlainData]>([
    [[], {}],
    ['', []],
    [0, false],
    [null, 0],
    [0, -0],
    [[[1], 2], [[1, 2]]],
    [['ab'], ['a', 'b']],
    [{ a: 1 }, { b: 1 }],
    ['1', 1],
  ])('tells %j from %j', (a, b) => {
    expect(digestOf(a)).not.toBe(digestOf(b))
  })

  test('is frozen to its depth, and what is not plain is named by its path', () => {
    const value = freezePlainData({ a: [{ b: 1 }] }) as { a: { b: number }[] }
    expect(() => value.a.push({ b: 2 })).toThrow(TypeError)
    expect(() => Object.assign(value.a[0]!, { b: 2 })).toThrow(TypeError)
    expect(() => freezePlainData({ a: [1, { when: new Date(0) }] })).toThrow(/memory\.a\[1\]\.when/)
  })
})
