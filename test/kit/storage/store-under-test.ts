import type { ObjectStore, StoredObject } from '../../../actors/ports.ts'

/** A store on data of its own, and ways past it. */
export type StoreUnderTest = {
  readonly store: ObjectStore
  /** Another handle on the same data, as another process has. */
  reopen(): Promise<ObjectStore>
  /** Lays bytes at a place, whatever its name, without asking the store. */
  plant(place: string, bytes: Uint8Array | string): Promise<void>
  /** Whether any object or folder can be called so. */
  readonly canPlant: (place: string) => boolean
}

export type StoreKind = {
  readonly name: string
  /** Whether of several creators of one key at one moment exactly one succeeds. */
  readonly isCreateExact: boolean
  /** Whether it lists in byte order, as S3 does. Where not, that has to be found out. */
  readonly isOrderExact: boolean
  /** How many objects are listed where many are; more than a page of 1,000. */
  readonly manyObjects: number
  open(): Promise<StoreUnderTest>
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** Bytes that differ everywhere, the same at every call. */
export function patterned(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = seed
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}

/** The bytes in pieces of that length; after `failAfter` pieces the source fails. */
export async function* piecesOf(
  bytes: Uint8Array,
  pieceLength: number,
  failAfter = Number.POSITIVE_INFINITY,
): AsyncIterable<Uint8Array> {
  let pieces = 0
  for (let at = 0; at < bytes.length; at += pieceLength) {
    if (pieces++ >= failAfter) throw new Error('the source failed')
    yield bytes.subarray(at, at + pieceLength)
  }
}

/** How many bytes come. */
export async function drained(body: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0
  for await (const piece of body) bytes += piece.length
  return bytes
}

export async function keysIn(objects: AsyncIterable<StoredObject>): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const { key } of objects) keys.push(key)
  return keys
}

/** The code of what `work` throws; `done` when it throws nothing. */
export async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work()
    return 'done'
  } catch (cause) {
    return cause instanceof Error && 'code' in cause ? String(cause.code) : `uncoded: ${cause}`
  }
}
