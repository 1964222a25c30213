/** The byte layout by example: files written once must be read by every later version. */
import {
  ByteReader,
  ByteWriter,
  type CodedError,
  type CoreEvent,
  Digest,
  digestPlainData,
  freezeDeep,
  freezePlainData,
  ORDER_TYPES,
  type PlainData,
  parseDecimal,
  readEvent,
  readPlainData,
  TIMES_IN_FORCE,
  writeEvent,
  writePlainData,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { wrongField } from '../../core/event-codec.ts'

/** What a refusal says, whole: a person has to act on it. */
function refusalOf(act: () => unknown): Partial<CodedError> {
  try {
    act()
  } catch (error) {
    const { code, facts } = error as CodedError
    return { code, facts }
  }
  return {}
}
const restore = (facts: object) => ({ code: 'ESC_STATE_RESTORE', facts })
const bytesOf = (write: (writer: ByteWriter) => unknown): number[] => {
  const writer = new ByteWriter()
  write(writer)
  return [...writer.finish()]
}
const reader = (...bytes: readonly number[]) => new ByteReader(Uint8Array.from(bytes))

describe('bytes', () => {
  test('are little endian, with lengths before texts', () => {
    expect(bytesOf((w) => w.u8(258))).toEqual([2])
    expect(bytesOf((w) => w.i32(-2))).toEqual([254, 255, 255, 255])
    expect(bytesOf((w) => w.f64(1))).toEqual([0, 0, 0, 0, 0, 0, 240, 63])
    expect(bytesOf((w) => w.text('é'))).toEqual([2, 0, 0, 0, 195, 169])
    expect(bytesOf((w) => w.big(-12n))).toEqual([3, 0, 0, 0, 45, 49, 50])
    expect(bytesOf((w) => w.u8(1).i32(-2).setI32(1, 513).u8(9))).toEqual([1, 1, 2, 0, 0, 9])
  })

  test('are read back in the order of writing, from any part of a buffer', () => {
    const writer = new ByteWriter()
      .u8(200)
      .i32(-7)
      .f64(0.1)
      .big(2n ** 70n)
      .text('añ')
    expect(writer.length).toBe(1 + 4 + 8 + 4 + 22 + 4 + 3)
    const shifted = new Uint8Array(writer.length + 5)
    shifted.set(writer.written(), 5)
    const found = new ByteReader(shifted.subarray(5))
    expect([found.u8(), found.i32(), found.f64(), found.big(), found.text()]).toEqual([
      200,
      -7,
      0.1,
      2n ** 70n,
      'añ',
    ])
    found.end()
  })

  test('grow beyond the first kilobyte without losing any', () => {
    const writer = new ByteWriter()
    for (let i = 0; i < 1023; i++) writer.u8(i)
    writer.i32(-5).text('x'.repeat(5000)).f64(2.5)
    const found = new ByteReader(writer.finish())
    for (let i = 0; i < 1023; i++) expect(found.u8()).toBe(i & 255)
    expect([found.i32(), found.text(), found.f64()]).toEqual([-5, 'x'.repeat(5000), 2.5])
    found.end()
  })

  test.each([1023, 1024, 1025])('%i of them are written whole', (count) => {
    const bytes = bytesOf((w) => {
      for (let i = 0; i < count; i++) w.u8(7)
    })
    expect([bytes.length, bytes.every((byte) => byte === 7)]).toEqual([count, true])
  })

  test('start over in the same memory; a finished copy keeps its own', () => {
    const writer = new ByteWriter().u8(1).u8(2)
    const view = writer.written()
    const copy = writer.finish()
    writer.reset().u8(9)
    expect([...view]).toEqual([9, 2])
    expect([...copy]).toEqual([1, 2])
    expect(writer.length).toBe(1)
  })

  test('that end too early are refused, with the place and what is left', () => {
    const needs = (needed: string, found: string) => restore({ field: 'byte 1', needed, found })
    const beyond = (read: (r: ByteReader) => unknown, ...bytes: number[]) =>
      refusalOf(() => {
        const at = reader(0, ...bytes)
        at.u8()
        read(at)
      })
    expect(beyond((r) => r.u8())).toEqual(needs('1 bytes at 1', '0 left'))
    expect(beyond((r) => r.i32(), 1, 2, 3)).toEqual(needs('4 bytes at 1', '3 left'))
    expect(beyond((r) => r.f64(), 1, 2, 3, 4)).toEqual(needs('8 bytes at 1', '4 left'))
    expect(refusalOf(() => reader(2, 0, 0, 0, 65).text())).toEqual(
      restore({ field: 'byte 4', needed: '2 bytes at 4', found: '1 left' }),
    )
    expect(refusalOf(() => reader(255, 255, 255, 255).text())).toEqual(
      restore({ field: 'byte 4', needed: 'a length of 0 or more', found: '-1' }),
    )
    expect(reader(0, 0, 0, 0).text()).toBe('')
  })

  test('that are not UTF-8 are no text', () => {
    expect(refusalOf(() => reader(1, 0, 0, 0, 255).text())).toEqual(
      restore({ field: 'byte 5', needed: 'UTF-8', found: '1 bytes that are none' }),
    )
  })

  test.each(['', 'x', '1.5', '07', '-0', ' 1', '0x1'])('"%s" is no integer', (text) => {
    const codes = [...text].map((char) => char.charCodeAt(0))
    expect(refusalOf(() => reader(text.length, 0, 0, 0, ...codes).big())).toEqual(
      restore({ field: `byte ${4 + text.length}`, needed: 'an integer in decimal', found: text }),
    )
  })

  test('left over are refused, and a word outside its list', () => {
    expect(refusalOf(() => reader(1, 2).end())).toEqual(
      restore({ field: 'byte 0', needed: 'the end at byte 0', found: '2 bytes' }),
    )
    expect(refusalOf(() => reader(2).pick(['a', 'b']))).toEqual(
      restore({ field: 'byte 1', needed: 'one of a, b', found: '2' }),
    )
    expect(reader(1).pick(['a', 'b'])).toBe('b')
  })
})

describe('a seal', () => {
  const sealed = new ByteWriter().u8(1).i32(-2).seal()

  test('is eight bytes of checksum at the end', () => {
    expect([...sealed]).toEqual([1, 254, 255, 255, 255, 110, 97, 244, 169, 43, 189, 140, 104])
    const found = ByteReader.sealed(sealed)
    expect([found.u8(), found.i32()]).toEqual([1, -2])
    found.end()
    expect([...new ByteWriter().seal()]).toHaveLength(8)
    ByteReader.sealed(new ByteWriter().seal()).end()
  })

  test.each([...sealed.keys()])('is broken by a change of byte %i', (at) => {
    const changed = Uint8Array.from(sealed)
    changed[at]! ^= 1
    expect(refusalOf(() => ByteReader.sealed(changed))).toEqual(
      restore({
        field: 'byte 5',
        needed: 'the checksum of the bytes before it',
        found: 'another one',
      }),
    )
  })

  test('needs eight bytes at least', () => {
    expect(refusalOf(() => ByteReader.sealed(new Uint8Array(7)))).toEqual(
      restore({ field: 'byte 7', needed: 'at least 8 bytes', found: '7' }),
    )
  })
})

describe('plain data', () => {
  const sample = { b: [1, 'x', null], a: { c: true, d: false } }

  test('has a digest that never changes', () => {
    const digest = new Digest()
    digestPlainData(sample, digest)
    expect(digest.hex()).toBe('f1f364622c4b7ce3')
  })

  test.each<[PlainData, readonly number[]]>([
    [null, [0]],
    [false, [1]],
    [true, [2]],
    [1, [3, 0, 0, 0, 0, 0, 0, 240, 63]],
    ['A', [4, 1, 0, 0, 0, 65]],
    [
      [null, true],
      [5, 2, 0, 0, 0, 0, 2],
    ],
    [{ b: null, a: true }, [6, 2, 0, 0, 0, 1, 0, 0, 0, 97, 2, 1, 0, 0, 0, 98, 0]],
  ])('%j is a tag and its contents, keys sorted', (value, bytes) => {
    expect(bytesOf((w) => writePlainData(value, w))).toEqual(bytes)
    expect(readPlainData(reader(...bytes))).toEqual(value)
  })

  test('is frozen when it has been read', () => {
    const found = readPlainData(reader(...bytesOf((w) => writePlainData(sample, w))))
    expect([found, (found as typeof sample).b].every(Object.isFrozen)).toBe(true)
  })

  test('with an unknown tag is refused', () => {
    expect(refusalOf(() => readPlainData(reader(7)))).toEqual(
      restore({ needed: 'a plain-data tag', found: '7' }),
    )
  })

  test.each<[string, () => unknown, string, string]>([
    ['undefined', () => undefined, 'memory', 'undefined'],
    ['a function', () => ({ f: () => 1 }), 'memory.f', 'function'],
    ['a bigint', () => [1n], 'memory[0]', 'bigint'],
    ['a Map', () => ({ m: new Map() }), 'memory.m', 'Map'],
    [
      'an object of no class',
      () => Object.create({ constructor: undefined }),
      'memory',
      'an object',
    ],
  ])('is not %s, and the path to it is named', (_name, make, field, found) => {
    expect(refusalOf(() => freezePlainData(make()))).toEqual({
      code: 'ESC_STRATEGY_FAILED',
      facts: {
        field,
        found,
        needed: 'plain data (null, boolean, number, string, arrays and objects of these)',
      },
    })
  })

  test('is frozen in depth, also without a prototype, and again at no cost', () => {
    const bare = Object.assign(Object.create(null), { list: [{ a: 1 }] })
    expect(freezePlainData(bare)).toBe(bare)
    expect([bare, bare.list, bare.list[0]].every(Object.isFrozen)).toBe(true)
    expect(freezePlainData(bare)).toBe(bare)
    expect([
      freezePlainData(null),
      freezePlainData(true),
      freezePlainData(1),
      freezePlainData('s'),
    ]).toEqual([null, true, 1, 's'])
    // Frozen by someone else says nothing of what is inside.
    expect(refusalOf(() => freezePlainData(Object.freeze({ f: new Date(0) }), 'it'))).toMatchObject(
      {
        facts: { field: 'it.f', found: 'Date' },
      },
    )
  })

  test('and whatever else parameters hold: only objects and lists are frozen', () => {
    const bytes = new Uint8Array(2)
    const value = { list: [{ a: 1 }], bytes, nothing: null, word: 'w' }
    expect(freezeDeep(value)).toBe(value)
    expect([value, value.list, value.list[0]].every(Object.isFrozen)).toBe(true)
    expect(Object.isFrozen(bytes)).toBe(false)
    expect([freezeDeep(5), freezeDeep(null), freezeDeep(undefined)]).toEqual([5, null, undefined])
  })
})

describe('an Event as bytes', () => {
  const eventBytes = (event: CoreEvent) => bytesOf((w) => writeEvent(event, w))
  const f64 = (value: number) => bytesOf((w) => w.f64(value))

  test('is the number of its type, the time, and its fields in order', () => {
    expect(eventBytes({ type: 'control.time', time: 5, due: 4, reason: 'wakeUp' })).toEqual([
      16,
      ...f64(5),
      ...f64(4),
      1,
    ])
    expect(
      eventBytes({ type: 'control.signal', time: 5, name: 'A', version: 2, payload: [7, -8] }),
    ).toEqual([26, ...f64(5), 1, 0, 0, 0, 65, ...f64(2), 2, 0, 0, 0, ...f64(7), ...f64(-8)])
  })

  test('of the market names a range of its view, and is given the view when read', () => {
    const view = { length: 3 } as never
    for (const type of ['market.updated', 'market.snapshot'] as const) {
      const bytes = eventBytes({ type, time: 5, instrument: 1, from: 0, to: 3, view })
      expect(bytes.slice(1)).toEqual([...f64(5), ...f64(1), ...f64(0), ...f64(3)])
      const asked: number[] = []
      const event = readEvent(reader(...bytes), (instrument) => {
        asked.push(instrument)
        return view
      })
      expect(event).toEqual({ type, time: 5, instrument: 1, from: 0, to: 3, view })
      expect(asked).toEqual([1])
    }
  })

  test('of an unknown type is refused by its number', () => {
    expect(refusalOf(() => readEvent(reader(99), () => null as never))).toEqual(
      restore({ field: 'event type', found: '99' }),
    )
  })

  test('spells its words as numbers that never change', () => {
    const submitted = {
      type: 'order.submitted',
      time: 0,
      key: 1,
      instrument: 0,
      side: 1,
      price: 1,
      qty: 1,
    } as const
    const words = ORDER_TYPES.flatMap((orderType) =>
      TIMES_IN_FORCE.map((timeInForce) => {
        const bytes = eventBytes({ ...submitted, orderType, timeInForce })
        return `${orderType} ${timeInForce} ${bytes.slice(33, 35)}`
      }),
    )
    expect(words).toEqual([
      'limit GTC 0,0',
      'limit IOC 0,1',
      'limit FOK 0,2',
      'limit postOnly 0,3',
      'market GTC 1,0',
      'market IOC 1,1',
      'market FOK 1,2',
      'market postOnly 1,3',
    ])
  })

  test('keeps changed limits as decimals', () => {
    const changes = { rateLimits: { orders: parseDecimal('2.5') } }
    const event = { type: 'control.configurationChanged', time: 1, version: '2', changes } as const
    expect(readEvent(reader(...eventBytes(event)), () => null as never)).toEqual(event)
  })
})

describe('a field of an Event', () => {
  const submitted = { orderType: 'limit', timeInForce: 'GTC', key: 1, instrument: 0, price: 1 }
  const filled = {
    exchTime: 0,
    key: 1,
    instrument: 0,
    side: 1,
    execId: 1,
    lastPrice: 1,
    lastQty: 1,
    cumQty: 1,
    leavesQty: 0,
    liquidity: 'maker',
    fee: 0,
    cause: 'take',
    causeRow: -1,
    queueBefore: 0.5,
    queueAfter: 0,
  }
  const signal = { name: 'A', version: 1, payload: [1, 2] }
  const changed = { version: '2', changes: {} }
  const tooFast = { rateLimits: { orders: parseDecimal('9000000') } }

  test.each<[type: string, lawful: object, field: string, wrong: unknown, needed: string]>([
    ['order.filled', filled, 'queueBefore', '1', 'a number'],
    ['order.filled', filled, 'fee', 0.5, 'an integer'],
    ['order.filled', filled, 'lastQty', 0, 'a positive integer'],
    ['order.filled', { ...filled, side: -1 }, 'side', 0, '1 or -1'],
    ['order.filled', filled, 'liquidity', 'none', 'one of maker, taker'],
    ['order.submitted', { ...submitted, side: 1, qty: 1 }, 'qty', 1.5, 'a positive integer'],
    [
      'intent.dispatched',
      { key: 1, kind: 'replace' },
      'kind',
      'new',
      'one of new, replace, cancel',
    ],
    ['intent.dispatched', { key: 1, kind: 'cancel' }, 'kind', '', 'one of new, replace, cancel'],
    ['control.checkpoint', { label: '' }, 'label', 5, 'a text'],
    ['control.signal', signal, 'payload', [1, 0.5], 'a list of integers'],
    ['control.signal', signal, 'payload', 'no list', 'a list of integers'],
    ['control.configurationChanged', changed, 'changes', null, 'limits that can be applied'],
    ['control.configurationChanged', changed, 'changes', tooFast, 'limits that can be applied'],
  ])('of %s is named when it is wrong: %j, %s', (type, lawful, field, wrong, needed) => {
    const event = { type, time: 0, ...lawful }
    expect(wrongField(event as unknown as CoreEvent)).toBeNull()
    const broken = { ...event, [field]: wrong } as unknown as CoreEvent
    expect(wrongField(broken)).toEqual({ field, found: wrong, needed })
  })
})
