import { messageOf } from '@escapement/core'
import { codedOf } from '../../actors/coded.ts'
import type { ByteStream, ObjectStore } from '../../actors/ports.ts'
import { type StorageClass, storageClasses } from './classes.ts'
import { eachObject } from './each-object.ts'

export type OperationCount = { ok: number; failed: number }

/** Counts since Storage was opened, and whether the last thing asked of the store was done. */
export type StorageHealth = {
  isAvailable: boolean
  /** Code and words of the failure, while not available. */
  lastFailure: string | null
  readonly reads: OperationCount
  readonly writes: OperationCount
  readonly listings: OperationCount
  readonly removals: OperationCount
  bytesRead: number
  bytesWritten: number
}

/** Whatever else is thrown is the answer of a store that works, or came with the body. */
const FAILURES = ['ESC_STORAGE_UNAVAILABLE', 'ESC_STORAGE_ACCESS', 'ESC_STORAGE_CORRUPT']

/** The same store, counting in `health` what is asked of it and how that ends. */
export function counted(store: ObjectStore, health: StorageHealth): ObjectStore {
  const ended = (count: OperationCount, cause?: unknown) => {
    const isFailure = FAILURES.includes(codedOf(cause)?.code ?? '')
    if (isFailure) count.failed++
    else count.ok++
    health.isAvailable = !isFailure
    health.lastFailure = isFailure ? messageOf(cause) : null
  }
  const whole = async <T>(count: OperationCount, work: Promise<T>): Promise<T> => {
    try {
      const result = await work
      ended(count)
      return result
    } catch (cause) {
      ended(count, cause)
      throw cause
    }
  }
  async function* pieces<T>(count: OperationCount, work: AsyncIterable<T>): AsyncIterable<T> {
    let cause: unknown
    try {
      yield* work
    } catch (thrown) {
      cause = thrown
      throw thrown
    } finally {
      ended(count, cause)
    }
  }
  const weighed = async function* (body: ByteStream, add: (bytes: number) => void): ByteStream {
    for await (const piece of body) {
      add(piece.length)
      yield piece
    }
  }
  const { reads, writes, listings, removals } = health
  const read = (bytes: number) => {
    health.bytesRead += bytes
  }
  return {
    location: store.location,
    write: async (key, body, mode) => {
      let bytes = 0
      const count = (more: number) => {
        bytes += more
      }
      await whole(writes, store.write(key, weighed(body, count), mode))
      health.bytesWritten += bytes
    },
    read: (key) => pieces(reads, weighed(store.read(key), read)),
    stat: (key) => whole(listings, store.stat(key)),
    list: (prefix, after) => pieces(listings, store.list(prefix, after)),
    remove: (key) => whole(removals, store.remove(key)),
    removeLeftovers: (beforeMs) => whole(removals, store.removeLeftovers(beforeMs)),
    close: () => store.close(),
  }
}

export const newHealth = (): StorageHealth => ({
  isAvailable: true,
  lastFailure: null,
  reads: { ok: 0, failed: 0 },
  writes: { ok: 0, failed: 0 },
  listings: { ok: 0, failed: 0 },
  removals: { ok: 0, failed: 0 },
  bytesRead: 0,
  bytesWritten: 0,
})

export type Usage = { readonly objects: number; readonly bytes: number }

/** How much each class holds; every object is listed for it. */
export async function storageUsage(
  store: ObjectStore,
): Promise<Readonly<Record<StorageClass, Usage>>> {
  const usage: Partial<Record<StorageClass, Usage>> = {}
  for (const of of storageClasses) {
    let objects = 0
    let bytes = 0
    for await (const object of eachObject(store, of)) {
      objects++
      bytes += object.bytes
    }
    usage[of] = { objects, bytes }
  }
  return usage as Record<StorageClass, Usage>
}
