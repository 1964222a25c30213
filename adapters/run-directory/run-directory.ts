import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { CodedError } from '@escapement/core'
import type { LogHeader } from '../../actors/ports.ts'
import { SegmentedLog, type SegmentedLogOptions } from '../event-log/segmented-log.ts'
import { messageOf, writeBytesAtomically } from '../market-data/files.ts'
import { type Artifact, artifactOf, filesBelow } from './artifacts.ts'

/** Written last: a directory without it holds a run that did not end. */
export const DONE = '_DONE'
export const FAILED = '_FAILED'
/** What the run is, and what files it left. */
export const MANIFEST = 'manifest.json'
/** Folder of the event log. */
export const EVENTS = 'events'
/** Folder of the snapshots of State, where they were asked for. */
export const SNAPSHOTS = 'snapshots'

/**
 * The folder of one run. Files appear whole (temporary file, fsync, rename), except the event log,
 * which grows as the run goes and is readable up to its last whole record.
 */
export class RunDirectory {
  readonly path: string
  #log: SegmentedLog | null = null

  private constructor(path: string) {
    this.path = path
  }

  /**
   * Makes the folder.
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
      makeLevels(absolute)
      return new RunDirectory(absolute)
    })
  }

  /** Makes the folder of the event log; what comes back takes its records. */
  openLog(
    header: Omit<LogHeader, 'topologyHash'>,
    options: SegmentedLogOptions = {},
  ): SegmentedLog {
    this.#log = new SegmentedLog(join(this.path, EVENTS), header, options)
    return this.#log
  }

  writeText(name: string, text: string): void {
    writeBytesAtomically(join(this.path, name), [new TextEncoder().encode(text)])
  }

  writeJson(name: string, value: unknown): void {
    this.writeText(name, `${JSON.stringify(value, null, 2)}\n`)
  }

  /**
   * Makes the log durable, writes the manifest with every other file in it, and marks the run, last
   * of all. The mark holds the SHA-256 of the manifest, and so vouches for every byte.
   */
  close(outcome: typeof DONE | typeof FAILED, manifest: object): void {
    this.#log?.close()
    const artifacts = guarded(this.path, () => this.#artifacts())
    this.writeJson(MANIFEST, { ...manifest, artifacts })
    this.writeText(outcome, `${artifactOf(this.path, MANIFEST).sha256}\n`)
  }

  #artifacts(): readonly Artifact[] {
    return filesBelow(this.path)
      .filter((file) => file !== MANIFEST)
      .map((file) => artifactOf(this.path, file))
  }
}

/** The first `<base>/<stem>-<n>` that does not exist, n from 1. */
export function freeRunPath(base: string, stem: string): string {
  let n = 1
  while (existsSync(join(base, `${stem}-${n}`))) n++
  return join(base, `${stem}-${n}`)
}

/** Makes a folder and those above it. @throws ESC_OUTPUT when one cannot be made */
export function makeFolder(path: string): void {
  guarded(path, () => makeLevels(path))
}

/** Level by level: Node's own recursive mkdir does not end where the system denies with ENOENT. */
function makeLevels(path: string): void {
  if (existsSync(path)) return
  makeLevels(dirname(path))
  try {
    mkdirSync(path)
  } catch (cause) {
    // Another worker may have made it since.
    if (!existsSync(path)) throw cause
  }
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
