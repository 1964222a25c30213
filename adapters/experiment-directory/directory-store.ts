import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { threadId } from 'node:worker_threads'
import { CodedError } from '@escapement/core'
import { messageOf, writeBytesAtomically } from '../market-data/files.ts'
import { makeFolder } from '../run-directory/run-directory.ts'

/** One name of a path: what the project itself makes, and never a step out of the folder. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/

/** Files of an experiment in a folder of this machine; safe with several writers of other paths. */
export class DirectoryStore {
  readonly root: string

  constructor(root: string) {
    this.root = resolve(root)
  }

  async read(path: string): Promise<Uint8Array | null> {
    try {
      return readFileSync(this.#fileOf(path))
    } catch (cause) {
      if (isAbsent(cause)) return null
      throw new CodedError('ESC_EXPERIMENT_DIRECTORY', {
        file: this.#fileOf(path),
        found: messageOf(cause),
      })
    }
  }

  /** @throws ESC_OUTPUT when it cannot be written */
  async write(path: string, bytes: Uint8Array, isDurable = false): Promise<void> {
    const file = this.#fileOf(path)
    try {
      makeFolder(dirname(file))
      if (isDurable) return writeBytesAtomically(file, [bytes])
      const temporary = `${file}.${process.pid}-${threadId}.tmp`
      writeFileSync(temporary, bytes)
      renameSync(temporary, file)
    } catch (cause) {
      if (cause instanceof CodedError) throw cause
      throw new CodedError('ESC_OUTPUT', { file, found: messageOf(cause) }, { cause })
    }
  }

  async list(folder: string): Promise<readonly string[]> {
    try {
      return readdirSync(this.#fileOf(folder))
        .filter((name) => !name.endsWith('.tmp'))
        .sort()
    } catch (cause) {
      if (isAbsent(cause)) return []
      throw cause
    }
  }

  async remove(path: string): Promise<void> {
    rmSync(this.#fileOf(path), { force: true })
  }

  #fileOf(path: string): string {
    const names = path === '' ? [] : path.split('/')
    if (names.every((name) => NAME.test(name))) return join(this.root, ...names)
    throw new CodedError('ESC_EXPERIMENT_DIRECTORY', {
      field: path,
      found: 'a path that is none of an experiment',
      needed: 'letters, digits, dot, underscore and hyphen between slashes',
    })
  }
}

const isAbsent = (cause: unknown): boolean => {
  const { code } = cause as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR'
}
