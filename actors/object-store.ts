/** Bytes in pieces, as they come: nobody has to hold all of them at once. */
export type ByteStream = AsyncIterable<Uint8Array>

/** What a store knows of an object without reading it. */
export type StoredObject = {
  readonly key: string
  readonly bytes: number
  /** Epoch milliseconds, by the clock of the store. */
  readonly modifiedMs: number
}

/**
 * What a backend of Storage does: whole objects by key, and nothing about who may do it. Keys are
 * already checked by Storage: segments of `A-Za-z0-9._-` with single slashes between them.
 *
 * Every method may throw ESC_STORAGE_UNAVAILABLE (worth trying again) and ESC_STORAGE_ACCESS (not
 * so). Errors hold no credential.
 */
export type ObjectStore = {
  /** For people: a path or `s3://bucket/prefix`. */
  readonly location: string
  /**
   * Stores the whole of `body` durably, or leaves what was there. With `create` nothing may be
   * there yet. What iterating `body` throws is passed on as it is.
   * @throws ESC_STORAGE_IMMUTABLE in mode `create` when the key is taken
   */
  write(key: string, body: ByteStream, mode: 'create' | 'replace'): Promise<void>
  /**
   * The bytes; nothing is opened before they are asked for.
   * @throws ESC_STORAGE_NOT_FOUND in place of the first piece
   */
  read(key: string): ByteStream
  stat(key: string): Promise<StoredObject | null>
  /** Every object whose key begins with `prefix` and comes after `after`, in byte order of keys. */
  list(prefix: string, after: string): AsyncIterable<StoredObject>
  /** Removes the object; that there is none is no error. */
  remove(key: string): Promise<void>
  /** Removes what writers that died before `beforeMs` left behind; gives how many. */
  removeLeftovers(beforeMs: number): Promise<number>
  close(): void
}
