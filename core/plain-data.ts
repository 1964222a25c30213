import type { ByteReader, ByteWriter } from './codec.ts'
import type { Digest } from './digest.ts'
import { CodedError } from './errors.ts'

/** What a strategy may remember: data that serialises, compares and freezes. */
export type PlainData =
  | null
  | boolean
  | number
  | string
  | readonly PlainData[]
  | { readonly [key: string]: PlainData }

/** What is known to be plain and frozen to its depth; that an object is frozen alone says neither. */
const frozen = new WeakSet<object>()

/**
 * Freezes `value` in depth and returns it.
 * @throws ESC_STRATEGY_FAILED naming the path of anything that is not plain data.
 */
export function freezePlainData(value: unknown, path = 'memory'): PlainData {
  if (value === null) return null
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'string':
      return value
    case 'object':
      break
    default:
      throw notPlain(path, typeof value)
  }
  if (frozen.has(value)) return value as PlainData
  const prototype: unknown = Object.getPrototypeOf(value)
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) freezePlainData(value[i], `${path}[${i}]`)
  } else if (prototype === Object.prototype || prototype === null) {
    for (const key of Object.keys(value)) {
      freezePlainData((value as Record<string, unknown>)[key], `${path}.${key}`)
    }
  } else {
    throw notPlain(path, (value as object).constructor?.name ?? 'an object')
  }
  frozen.add(Object.freeze(value))
  return value as PlainData
}

/** Freezes plain objects and arrays in depth; whatever else they hold stays as it is. */
export function freezeDeep<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== Array.prototype) return value
  for (const part of Object.values(value)) freezeDeep(part)
  return Object.freeze(value)
}

/** Adds `value` to a digest: a tag a node, numbers by their float64 bits, keys sorted. */
export function digestPlainData(value: PlainData, digest: Digest): void {
  if (value === null) digest.u32(0)
  else if (typeof value === 'boolean') digest.u32(value ? 2 : 1)
  else if (typeof value === 'number') {
    scratch[0] = value
    digest.u32(3).u32(words[0]!).u32(words[1]!)
  } else if (typeof value === 'string') digest.u32(4).text(value)
  else if (isList(value)) {
    digest.u32(5).u32(value.length)
    for (const item of value) digestPlainData(item, digest)
  } else {
    const keys = Object.keys(value).sort()
    digest.u32(6).u32(keys.length)
    for (const key of keys) {
      digest.text(key)
      digestPlainData(value[key]!, digest)
    }
  }
}

/** Writes a tag a node, as `digestPlainData` tags them; keys sorted. */
export function writePlainData(value: PlainData, writer: ByteWriter): void {
  if (value === null) writer.u8(0)
  else if (typeof value === 'boolean') writer.u8(value ? 2 : 1)
  else if (typeof value === 'number') writer.u8(3).f64(value)
  else if (typeof value === 'string') writer.u8(4).text(value)
  else if (isList(value)) {
    writer.u8(5).i32(value.length)
    for (const item of value) writePlainData(item, writer)
  } else {
    const keys = Object.keys(value).sort()
    writer.u8(6).i32(keys.length)
    for (const key of keys) {
      writer.text(key)
      writePlainData(value[key]!, writer)
    }
  }
}

/** Reads what {@link writePlainData} wrote, frozen. @throws ESC_STATE_RESTORE at an unknown tag. */
export function readPlainData(reader: ByteReader): PlainData {
  const tag = reader.u8()
  switch (tag) {
    case 0:
      return null
    case 1:
    case 2:
      return tag === 2
    case 3:
      return reader.f64()
    case 4:
      return reader.text()
    case 5:
      return Object.freeze(Array.from({ length: reader.i32() }, () => readPlainData(reader)))
    case 6: {
      const count = reader.i32()
      const entries: [string, PlainData][] = []
      for (let i = 0; i < count; i++) entries.push([reader.text(), readPlainData(reader)])
      return Object.freeze(Object.fromEntries(entries))
    }
    default:
      throw new CodedError('ESC_STATE_RESTORE', { needed: 'a plain-data tag', found: String(tag) })
  }
}

const scratch = new Float64Array(1)
const words = new Uint32Array(scratch.buffer)

const isList = (value: PlainData): value is readonly PlainData[] => Array.isArray(value)

function notPlain(path: string, found: string): CodedError {
  return new CodedError('ESC_STRATEGY_FAILED', {
    field: path,
    found,
    needed: 'plain data (null, boolean, number, string, arrays and objects of these)',
  })
}
