import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, realpath } from 'node:fs/promises'
import { posix } from 'node:path'
import { CodedError, messageOf } from '@escapement/core'
import type { ByteStream, ObjectStore, StoredObject } from '../../actors/ports.ts'
import { diskError, errnoOf, type FileSystem, nodeFileSystem } from './file-system.ts'
import { Folders } from './folders.ts'

export type FileStoreOptions = {
  /** Makes the root where it does not exist. */
  readonly create?: boolean
  /** Stands for the disk in tests. */
  readonly fs?: FileSystem
}

/** Beside the folders of the classes, on the same file system, and never listed. */
const TEMPORARY = '.tmp'
const PIECE_BYTES = 256 * 1024

/**
 * Objects as files below `root`; the root may be a link, nothing below it is followed.
 * @throws ESC_STORAGE_ACCESS when the root is no folder
 */
export async function openFileStore(
  root: string,
  { create = false, fs = nodeFileSystem }: FileStoreOptions = {},
): Promise<ObjectStore> {
  try {
    if (create) await mkdir(root, { recursive: true })
    const absolute = await realpath(root)
    if (!(await fs.lstat(absolute)).isDirectory()) throw new Error('not a folder')
    return new FileStore(absolute, fs)
  } catch (cause) {
    const facts = { file: root, found: messageOf(cause), needed: 'a folder' }
    throw new CodedError('ESC_STORAGE_ACCESS', facts, { cause })
  }
}

/**
 * A write goes to a temporary file, which is synced and then linked (`create`) or renamed
 * (`replace`) to its name, whose folder is synced. So a crash at any moment leaves the old object
 * or the new one, and at worst a temporary file.
 */
class FileStore implements ObjectStore {
  readonly location: string
  readonly #fs: FileSystem
  readonly #folders: Folders

  constructor(root: string, fs: FileSystem) {
    this.location = root
    this.#fs = fs
    this.#folders = new Folders(root, fs)
  }

  async write(key: string, body: ByteStream, mode: 'create' | 'replace'): Promise<void> {
    await this.#world(key, this.#folders.make(TEMPORARY))
    const temporary = this.#folders.path(`${TEMPORARY}/${randomUUID()}`)
    try {
      await this.#fill(key, temporary, body)
      await this.#world(key, this.#publish(key, temporary, mode))
    } finally {
      // Gone already where it was renamed; where removing fails, `removeLeftovers` comes later.
      await this.#fs.unlink(temporary).catch(() => undefined)
    }
  }

  async *read(key: string): ByteStream {
    const handle = await this.#world(key, this.#open(key))
    try {
      for (;;) {
        const piece = new Uint8Array(PIECE_BYTES)
        const { bytesRead } = await this.#world(key, handle.read(piece, 0, PIECE_BYTES))
        if (bytesRead === 0) return
        yield piece.subarray(0, bytesRead)
      }
    } finally {
      await handle.close()
    }
  }

  async stat(key: string): Promise<StoredObject | null> {
    return this.#world(key, this.#stat(key))
  }

  async *list(prefix: string, after: string): AsyncIterable<StoredObject> {
    // A root that is gone is not an empty one.
    await this.#world(prefix, this.#fs.lstat(this.location))
    yield* this.#walk('', prefix, after)
  }

  async remove(key: string): Promise<void> {
    await this.#world(key, this.#remove(key))
  }

  async removeLeftovers(beforeMs: number): Promise<number> {
    let removed = 0
    for await (const { key, modifiedMs } of this.list(`${TEMPORARY}/`, '')) {
      if (modifiedMs >= beforeMs) continue
      await this.remove(key)
      removed++
    }
    return removed
  }

  close(): void {}

  async #fill(key: string, temporary: string, body: ByteStream): Promise<void> {
    const handle = await this.#world(key, this.#fs.open(temporary, 'wx'))
    try {
      for await (const piece of body) {
        let written = 0
        while (written < piece.length) {
          const { bytesWritten } = await this.#world(key, handle.write(piece, written))
          written += bytesWritten
        }
      }
      await this.#world(key, handle.sync())
    } finally {
      await this.#world(key, handle.close())
    }
  }

  async #publish(key: string, temporary: string, mode: 'create' | 'replace'): Promise<void> {
    const folder = posix.dirname(key)
    const path = this.#folders.path(key)
    await this.#folders.make(folder)
    if (mode === 'replace') {
      await this.#fs.rename(temporary, path)
      return this.#folders.sync(folder)
    }
    await this.#fs.link(temporary, path).catch((cause: unknown) => {
      if (errnoOf(cause) !== 'EEXIST') throw cause
      const facts = { file: this.location, field: key, found: 'an object of that key' }
      throw new CodedError('ESC_STORAGE_IMMUTABLE', facts)
    })
    try {
      await this.#folders.sync(folder)
    } catch (cause) {
      // It will not be acknowledged, so it must not be seen.
      await this.#fs.unlink(path).catch(() => undefined)
      throw cause
    }
  }

  async #open(key: string): Promise<Awaited<ReturnType<FileSystem['open']>>> {
    const absent = () =>
      new CodedError('ESC_STORAGE_NOT_FOUND', { file: this.location, field: key })
    if ((await this.#stat(key)) === null) throw absent()
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW
    return this.#fs.open(this.#folders.path(key), flags).catch((cause: unknown) => {
      throw errnoOf(cause) === 'ENOENT' ? absent() : cause
    })
  }

  async #stat(key: string): Promise<StoredObject | null> {
    return (await this.#folders.has(posix.dirname(key))) ? this.#file(key) : null
  }

  async #file(key: string): Promise<StoredObject | null> {
    const found = await this.#folders.lstat(key)
    if (found?.isFile() !== true) return null
    return { key, bytes: found.size, modifiedMs: Math.floor(found.mtimeMs) }
  }

  async #remove(key: string): Promise<void> {
    if ((await this.#stat(key)) === null) return
    await this.#fs.unlink(this.#folders.path(key)).catch((cause: unknown) => {
      if (errnoOf(cause) !== 'ENOENT') throw cause
    })
    await this.#folders.sync(posix.dirname(key))
  }

  async *#walk(folder: string, prefix: string, after: string): AsyncIterable<StoredObject> {
    for (const name of await this.#world(folder, this.#folders.entries(folder))) {
      const place = folder + name
      if (!name.endsWith('/')) {
        if (!place.startsWith(prefix) || place <= after) continue
        // The folders on the way were seen to be folders just now.
        const found = await this.#world(place, this.#file(place))
        if (found !== null) yield found
      } else if (place.startsWith(prefix) || prefix.startsWith(place)) {
        if (place > after || after.startsWith(place)) yield* this.#walk(place, prefix, after)
      }
    }
  }

  async #world<T>(key: string, work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (cause) {
      throw diskError(this.location, key, cause)
    }
  }
}
