import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  writeSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { CodedError } from '@escapement/core'
import { messageOf, writeBytesAtomically } from '../market-data/files.ts'

/** Written last: a directory without it holds a run that did not end. */
export const DONE = '_DONE'
export const FAILED = '_FAILED'

/**
 * The folder of one run. Files appear whole (temporary file, fsync, rename), except the event log,
 * which grows as the run goes and is readable up to its last whole record.
 */
export class RunDirectory {
  readonly path: string
  readonly #log: number

  private constructor(path: string, log: number) {
    this.path = path
    this.#log = log
  }

  /**
   * Makes the folder and opens the log in it.
   * @throws ESC_OUTPUT when it exists and is not empty, or cannot be made
   */
  static create(path: string): RunDirectory {
    const absolute = resolve(path)
    if (existsSync(absolute) && !isEmptyFolder(absolute)) {
      throw new CodedError('ESC_OUTPUT', {
        file: path,
        found: 'something there already',
        needed: 'a folder that is empty or does not exist',
        hint: 'choose another folder with --out',
      })
    }
    return guarded(path, () => {
      makeFolder(absolute)
      return new RunDirectory(absolute, openSync(join(absolute, 'events.log'), 'wx'))
    })
  }

  /** The sink of an event log. */
  write(bytes: Uint8Array): void {
    guarded(this.path, () => {
      let written = 0
      while (written < bytes.length) written += writeSync(this.#log, bytes, written)
    })
  }

  writeText(name: string, text: string): void {
    writeBytesAtomically(join(this.path, name), [new TextEncoder().encode(text)])
  }

  writeJson(name: string, value: unknown): void {
    this.writeText(name, `${JSON.stringify(value, null, 2)}\n`)
  }

  /** Makes the log durable and marks the run, last of all. */
  close(outcome: typeof DONE | typeof FAILED): void {
    guarded(this.path, () => {
      fsyncSync(this.#log)
      closeSync(this.#log)
    })
    this.writeText(outcome, '')
  }
}

/** The first `<base>/<stem>-<n>` that does not exist, n from 1. */
export function freeRunPath(base: string, stem: string): string {
  let n = 1
  while (existsSync(join(base, `${stem}-${n}`))) n++
  return join(base, `${stem}-${n}`)
}

/** Level by level: Node's own recursive mkdir does not end where the system denies with ENOENT. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path)
}

function isEmptyFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0
  } catch {
    return false
  }
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw new CodedError('ESC_OUTPUT', { file, found: messageOf(cause) }, { cause })
  }
}
