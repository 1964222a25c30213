import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { CodedError, messageOf } from '@escapement/core'
import type { LogHeader, LogLink, LogSink, LogTopology } from '../../actors/ports.ts'
import { syncDirectory } from '../market-data/files.ts'
import { encodeIndexEntry } from './log-index.ts'
import { encodeSegmentHeader, INDEX_NAME, segmentName } from './segment.ts'

/**
 * When records are made durable: at every write, when the last time was `everyMs` ago or more, or
 * when the log ends. A killed process loses nothing that was written, whatever this says; a machine
 * that loses power does.
 */
export type SyncPolicy = 'always' | 'atEnd' | { readonly everyMs: number }

export type SegmentedLogOptions = {
  /** A segment ends before it would grow beyond this. Default 64 MiB. */
  readonly segmentBytes?: number
  readonly sync?: SyncPolicy
  /** Milliseconds of a steady clock; it decides only when to sync. */
  readonly now?: () => number
  /** The calls that may fail; tests put faulty ones in their place. */
  readonly files?: LogFiles
}

/** The system calls of a log that is written. */
export type LogFiles = {
  write(descriptor: number, bytes: Uint8Array, offset: number): number
  sync(descriptor: number): void
}

const systemFiles: LogFiles = {
  write: (descriptor, bytes, offset) => writeSync(descriptor, bytes, offset),
  sync: fsyncSync,
}

/**
 * A folder of segments that grow one after the other, and an index of the chain's links. Nothing
 * that was written is ever written again.
 *
 * A write that fails (a full disk, a broken one) is taken back if the system allows it, and ends the
 * log: each later call throws the same.
 */
export class SegmentedLog implements LogSink {
  readonly #folder: string
  readonly #header: Omit<LogHeader, 'topologyHash'>
  #topologyHash = ''
  readonly #segmentBytes: number
  readonly #sync: SyncPolicy
  readonly #now: () => number
  readonly #files: LogFiles
  #number = -1
  #segment: OpenFile | null = null
  readonly #index: OpenFile
  /** Bytes of records in this segment, and in all. */
  #size = 0
  #total = 0
  #syncedAt: number
  #failure: CodedError | null = null
  #isClosed = false

  /** @throws ESC_OUTPUT when `folder` is not empty or cannot be made */
  constructor(
    folder: string,
    header: Omit<LogHeader, 'topologyHash'>,
    options: SegmentedLogOptions = {},
  ) {
    this.#folder = folder
    this.#header = header
    this.#segmentBytes = options.segmentBytes ?? 64 * 2 ** 20
    this.#sync = options.sync ?? 'atEnd'
    this.#now = options.now ?? (() => performance.now())
    this.#files = options.files ?? systemFiles
    this.#syncedAt = this.#now()
    try {
      if (!existsSync(folder)) {
        mkdirSync(folder)
        syncDirectory(dirname(folder))
      }
      const [found] = readdirSync(folder)
      if (found !== undefined) throw new Error(`${found} is there already`)
      this.#index = newFile(join(folder, INDEX_NAME))
    } catch (cause) {
      throw new CodedError('ESC_OUTPUT', { file: folder, found: messageOf(cause) }, { cause })
    }
  }

  begin({ hash }: LogTopology): void {
    this.#topologyHash = hash
  }

  write(bytes: Uint8Array): void {
    this.#guard(() => {
      const isFull = this.#size > 0 && this.#size + bytes.length > this.#segmentBytes
      const segment = this.#segment === null || isFull ? this.#openNext() : this.#segment
      this.#writeWhole(segment, bytes)
      this.#size += bytes.length
      this.#total += bytes.length
      if (this.#isSyncDue()) this.sync()
    })
  }

  linked(link: LogLink): void {
    this.#guard(() => {
      this.#writeWhole(this.#index, encodeIndexEntry({ ...link, byte: this.#total }))
    })
  }

  /** Makes durable what was written. */
  sync(): void {
    this.#guard(() => {
      if (this.#segment !== null) this.#files.sync(this.#segment.descriptor)
      this.#syncedAt = this.#now()
    })
  }

  /**
   * Makes durable what was written and gives the files back; of a log that failed only the latter.
   * A second call does nothing.
   */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    try {
      if (this.#failure !== null) return
      this.#guard(() => {
        const segment = this.#segment ?? this.#openNext()
        this.#files.sync(segment.descriptor)
        this.#files.sync(this.#index.descriptor)
        syncDirectory(this.#folder)
      })
    } finally {
      giveBack(this.#segment)
      giveBack(this.#index)
      this.#failure ??= this.#failed(new Error('the log is closed'))
    }
  }

  #openNext(): OpenFile {
    const full = this.#segment
    if (full !== null) {
      this.#files.sync(full.descriptor)
      this.#segment = null
      closeSync(full.descriptor)
    }
    this.#number++
    const segment = newFile(join(this.#folder, segmentName(this.#number)))
    this.#segment = segment
    const header = {
      ...this.#header,
      topologyHash: this.#topologyHash,
      segment: this.#number,
      firstByte: this.#total,
    }
    this.#writeWhole(segment, encodeSegmentHeader(header))
    syncDirectory(this.#folder)
    this.#size = 0
    return segment
  }

  #isSyncDue(): boolean {
    if (typeof this.#sync === 'string') return this.#sync === 'always'
    return this.#now() - this.#syncedAt >= this.#sync.everyMs
  }

  #writeWhole(file: OpenFile, bytes: Uint8Array): void {
    let written = 0
    try {
      while (written < bytes.length) {
        const more = this.#files.write(file.descriptor, bytes, written)
        if (more === 0) throw new Error('no byte could be written')
        written += more
      }
      file.length += written
    } catch (cause) {
      if (written > 0) cut(file)
      throw cause
    }
  }

  #guard(work: () => unknown): void {
    if (this.#failure !== null) throw this.#failure
    try {
      work()
    } catch (cause) {
      if (cause instanceof CodedError) throw cause
      this.#failure = this.#failed(cause)
      throw this.#failure
    }
  }

  #failed(cause: unknown): CodedError {
    return new CodedError('ESC_OUTPUT', { file: this.#folder, found: messageOf(cause) }, { cause })
  }
}

type OpenFile = { readonly descriptor: number; length: number }

const newFile = (path: string): OpenFile => ({ descriptor: openSync(path, 'wx'), length: 0 })

/** What a failing system says of a file that nobody writes any more changes nothing. */
function giveBack(file: OpenFile | null): void {
  try {
    if (file !== null) closeSync(file.descriptor)
  } catch {
    // It was made durable before, or its failure was told.
  }
}

/** Half a record is worth nothing; where even this fails, the reader tells it by its checksum. */
function cut({ descriptor, length }: OpenFile): void {
  try {
    ftruncateSync(descriptor, length)
  } catch {
    // The first failure says more.
  }
}
