import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import { CodedError } from '@escapement/core'

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const END_64 = 0x06064b50
const END_64_LOCATOR = 0x07064b50
const MAX_32 = 0xffffffff
const STORED = 0
const DEFLATED = 8
/** Times in the archive are 1980-01-01, so that equal rows give equal bytes. */
const DOS_DATE = 0x21

type Member = {
  readonly name: string
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly size: number
  readonly offset: number
}

/**
 * The bytes of one stored or deflated member, read through the central directory (zip and zip64),
 * its CRC-32 verified.
 * @throws ESC_NPZ_ZIP when the archive is cut, damaged, or has no such member.
 * @source PKWARE APPNOTE 6.3.9, sections 4.3 and 4.5.3
 */
export function unzipMember(zip: Uint8Array, name: string, file?: string): Uint8Array {
  const refuse = (found: string, cause?: unknown): CodedError =>
    new CodedError(
      'ESC_NPZ_ZIP',
      { ...(file === undefined ? {} : { file }), found, needed: `a readable member "${name}"` },
      { cause },
    )
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength)
  let members: readonly Member[]
  try {
    members = centralDirectory(view)
  } catch (cause) {
    throw refuse('a zip cut short or without its directory', cause)
  }
  const member = members.find((candidate) => candidate.name === name)
  if (member === undefined) {
    throw refuse(`members ${members.map(({ name }) => JSON.stringify(name)).join(', ') || 'none'}`)
  }
  let bytes: Uint8Array
  try {
    bytes = extract(zip, view, member)
  } catch (cause) {
    throw refuse(`damaged content (${cause instanceof Error ? cause.message : cause})`, cause)
  }
  if (crc32(bytes) !== member.crc) throw refuse('content whose CRC-32 is wrong')
  return bytes
}

/** A zip with one member, as parts to be written one after another. */
export function zipMember(name: string, bytes: Uint8Array, compress: boolean): Uint8Array[] {
  const packed = compress ? deflateRawSync(bytes) : bytes
  const text = Buffer.from(name, 'latin1')
  const size = 30 + text.length + packed.length
  if (bytes.length >= MAX_32 || size >= MAX_32) {
    throw new CodedError('ESC_OUTPUT', {
      found: `${bytes.length} bytes`,
      needed: 'less than 4 GiB',
    })
  }
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE(compress ? DEFLATED : STORED, 4)
  common.writeUInt16LE(DOS_DATE, 8)
  common.writeUInt32LE(crc32(bytes), 10)
  common.writeUInt32LE(packed.length, 14)
  common.writeUInt32LE(bytes.length, 18)
  common.writeUInt16LE(text.length, 22)
  const central = Buffer.alloc(46)
  central.writeUInt32LE(CENTRAL, 0)
  central.writeUInt16LE(20, 4)
  common.copy(central, 6)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(END, 0)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length + text.length, 12)
  end.writeUInt32LE(size, 16)
  return [Buffer.from([0x50, 0x4b, 0x03, 0x04]), common, text, packed, central, text, end]
}

function centralDirectory(view: DataView): Member[] {
  const end = findEnd(view)
  let count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  if (end >= 20 && view.getUint32(end - 20, true) === END_64_LOCATOR) {
    const end64 = number64(view, end - 12)
    expect(view.getUint32(end64, true) === END_64, 'no zip64 end record')
    count = number64(view, end64 + 32)
    at = number64(view, end64 + 48)
  }
  const members: Member[] = []
  for (let i = 0; i < count; i++) {
    expect(view.getUint32(at, true) === CENTRAL, 'no central header')
    const nameLength = view.getUint16(at + 28, true)
    const extraLength = view.getUint16(at + 30, true)
    members.push(readMember(view, at, nameLength, extraLength))
    at += 46 + nameLength + extraLength + view.getUint16(at + 32, true)
  }
  return members
}

function readMember(view: DataView, at: number, nameLength: number, extraLength: number): Member {
  const sizes = [at + 24, at + 20, at + 42].map((place) => view.getUint32(place, true))
  let extra = at + 46 + nameLength
  const extraEnd = extra + extraLength
  while (extra + 4 <= extraEnd) {
    const isZip64 = view.getUint16(extra, true) === 1
    const length = view.getUint16(extra + 2, true)
    let field = extra + 4
    // The zip64 field holds only those of size, packed size and offset that did not fit 32 bits.
    for (let i = 0; isZip64 && i < 3; i++) {
      if (sizes[i] !== MAX_32) continue
      sizes[i] = number64(view, field)
      field += 8
    }
    extra += 4 + length
  }
  const name = Buffer.from(view.buffer, view.byteOffset + at + 46, nameLength).toString('utf8')
  expect((view.getUint16(at + 8, true) & 1) === 0, 'encrypted')
  return {
    name,
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packed: sizes[1]!,
    size: sizes[0]!,
    offset: sizes[2]!,
  }
}

function extract(zip: Uint8Array, view: DataView, member: Member): Uint8Array {
  const { offset, method, packed, size } = member
  expect(view.getUint32(offset, true) === LOCAL, 'no local header')
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true)
  expect(start + packed <= zip.length, 'cut short')
  const body = zip.subarray(start, start + packed)
  if (method === STORED) {
    expect(packed === size, 'sizes differ')
    return body
  }
  expect(method === DEFLATED, `compression method ${method}`)
  // One output chunk of the known size spares zlib the joining of many. A size that lies about a
  // small body is not believed: deflate cannot shrink by more than 1032.
  expect(size <= packed * 1032 + 64, 'an impossible size')
  const bytes = inflateRawSync(body, { chunkSize: Math.max(64, size), maxOutputLength: size + 1 })
  expect(bytes.length === size, `${bytes.length} bytes instead of ${size}`)
  return bytes
}

function findEnd(view: DataView): number {
  const lowest = Math.max(0, view.byteLength - 22 - 0xffff)
  for (let at = view.byteLength - 22; at >= lowest; at--) {
    if (view.getUint32(at, true) === END) return at
  }
  throw new RangeError('no end record')
}

const number64 = (view: DataView, at: number): number => Number(view.getBigUint64(at, true))

function expect(claim: boolean, what: string): asserts claim {
  if (!claim) throw new RangeError(what)
}
