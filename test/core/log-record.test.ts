/** Records of an event log: framed, checked, and given as far as they are whole. */
import {
  ByteWriter,
  beginRecord,
  crc32c,
  LogKind,
  logRecords,
  recordAt,
  sealRecord,
} from '@escapement/core'
import { describe, expect, it } from 'vitest'

const bytesOf = (length: number, value: (i: number) => number) =>
  Uint8Array.from({ length }, (_, i) => value(i))

describe('the checksum is CRC-32C', () => {
  // RFC 3720, appendix B.4, and the check value of the Castagnoli polynomial.
  it.each([
    ['nothing', new Uint8Array(0), 0],
    ['the nine digits', new TextEncoder().encode('123456789'), 0xe3069283],
    ['32 zeros', bytesOf(32, () => 0), 0x8a9136aa],
    ['32 times 255', bytesOf(32, () => 255), 0x62a8ab43],
    ['0 to 31', bytesOf(32, (i) => i), 0x46dd794e],
    ['31 to 0', bytesOf(32, (i) => 31 - i), 0x113fdb5c],
  ])('of %s', (_claim, bytes, sum) => {
    expect(crc32c(bytes)).toBe(sum)
  })

  it('of a range', () => {
    const bytes = new TextEncoder().encode('..123456789.')
    expect(crc32c(bytes, 2, 11)).toBe(0xe3069283)
  })
})

function logOf(...payloads: readonly number[]): Uint8Array {
  const writer = new ByteWriter()
  payloads.forEach((payload, i) => {
    const start = beginRecord(writer, LogKind.EVENT + (i % 6), 10 + i)
    for (let rest = payload; rest > 0; rest--) writer.u8(rest)
    sealRecord(writer, start)
  })
  return writer.finish()
}

const whole = logOf(3, 0, 40, 1, 2, 5)
const all = [...logRecords(whole)]

describe('records', () => {
  it('are given in order with kind, position and payload', () => {
    expect(all.map(({ kind }) => kind)).toEqual([1, 2, 3, 4, 5, 6])
    expect(all.map(({ position }) => position)).toEqual([10, 11, 12, 13, 14, 15])
    expect(all.map(({ from, to }) => to - from)).toEqual([20, 17, 57, 18, 19, 22])
    expect(whole.subarray(all[0]!.payload, all[0]!.to)).toEqual(Uint8Array.of(3, 2, 1))
    expect(all[1]!.payload).toBe(all[1]!.to)
    expect([...logRecords(whole, all[2]!.from)]).toEqual(all.slice(2))
    expect([...logRecords(new Uint8Array(0))]).toEqual([])
  })

  it('cut at any byte are those that are whole', () => {
    for (let length = 0; length < whole.length; length++) {
      const found = [...logRecords(whole.subarray(0, length))]
      expect(found).toEqual(all.filter(({ to }) => to <= length))
    }
  })

  it('with any bit changed are those before it', () => {
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const changed = whole.slice()
      changed[bit >> 3]! ^= 1 << (bit & 7)
      const found = [...logRecords(changed)]
      expect(found).toEqual(all.filter(({ to }) => to <= bit >> 3))
    }
  })

  it.each([0, 7, 255])('of the unknown kind %i are none, whatever their checksum says', (kind) => {
    const writer = new ByteWriter()
    const start = beginRecord(writer, kind, 1)
    sealRecord(writer, start)
    const bytes = writer.finish()
    expect(recordAt(bytes, new DataView(bytes.buffer), 0)).toBeNull()
  })
})
