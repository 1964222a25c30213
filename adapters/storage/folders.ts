import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { CodedError } from '@escapement/core'
import { errnoOf, type FileSystem } from './file-system.ts'

/** More folders than this are looked after anew. */
const MOST_SYNCED = 10_000

/** The folders below a root: made durably, and never entered through a link. */
export class Folders {
  readonly #root: string
  readonly #fs: FileSystem
  readonly #synced = new Set<string>()

  constructor(root: string, fs: FileSystem) {
    this.#root = root
    this.#fs = fs
  }

  path(key: string): string {
    return join(this.#root, key)
  }

  /**
   * Makes each level that is missing, and syncs the level above it: another process may have made
   * it and died before it did.
   * @throws ESC_STORAGE_KEY when a level is a link
   */
  async make(folder: string): Promise<void> {
    for (const [parent, path] of levelsOf(folder)) {
      const isThere = await this.#isFolder(path)
      if (isThere && this.#synced.has(path)) continue
      if (!isThere) await this.#mkdir(path)
      await this.sync(parent)
      if (this.#synced.size >= MOST_SYNCED) this.#synced.clear()
      this.#synced.add(path)
    }
  }

  /** @throws ESC_STORAGE_KEY when a level is a link */
  async has(folder: string): Promise<boolean> {
    for (const [, path] of levelsOf(folder)) if (!(await this.#isFolder(path))) return false
    return true
  }

  /** Makes the names in a folder durable. */
  async sync(folder: string): Promise<void> {
    // Windows cannot open a directory for this.
    if (process.platform === 'win32') return
    const handle = await this.#fs.open(this.path(folder), 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  /** Names of files and of folders, the latter with a slash, in byte order; links are left out. */
  async entries(folder: string): Promise<readonly string[]> {
    try {
      const entries = await this.#fs.readdir(this.path(folder), { withFileTypes: true })
      return entries
        .filter((entry) => entry.isFile() || entry.isDirectory())
        .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
        .sort()
    } catch (cause) {
      if (errnoOf(cause) === 'ENOENT') return []
      throw cause
    }
  }

  async lstat(key: string): Promise<Stats | null> {
    try {
      return await this.#fs.lstat(this.path(key))
    } catch (cause) {
      if (errnoOf(cause) === 'ENOENT') return null
      throw cause
    }
  }

  async #mkdir(path: string): Promise<void> {
    try {
      await this.#fs.mkdir(this.path(path))
    } catch (cause) {
      if (errnoOf(cause) !== 'EEXIST') throw cause
    }
  }

  async #isFolder(path: string): Promise<boolean> {
    const found = await this.lstat(path)
    if (found?.isSymbolicLink() !== true) return found?.isDirectory() ?? false
    const facts = { file: this.#root, field: path, found: 'a link', needed: 'a folder' }
    throw new CodedError('ESC_STORAGE_KEY', facts)
  }
}

/** Each folder of a path with the one above it, from the root down. */
function levelsOf(folder: string): readonly (readonly [parent: string, path: string])[] {
  const names = folder.split('/')
  return names.map((_, i) => [names.slice(0, i).join('/'), names.slice(0, i + 1).join('/')])
}
