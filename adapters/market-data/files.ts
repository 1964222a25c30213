import { createHash } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { threadId } from 'node:worker_threads'
import { CodedError } from '@escapement/core'

/**
 * The whole file. Node reads at most 2 GiB at once; a larger file is refused.
 * @throws ESC_DATA_READ with the system's own words.
 */
export function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new CodedError('ESC_DATA_READ', { file: path, found: messageOf(cause) }, { cause })
  }
}

/**
 * Writes so that `path` holds either what it held before or all of `parts`: temporary file in the
 * same directory, fsync, rename, fsync of the directory.
 * @throws ESC_OUTPUT when the directory is missing or full; the temporary file is removed.
 */
export function writeBytesAtomically(path: string, parts: Iterable<Uint8Array>): void {
  const temporary = `${path}.${process.pid}-${threadId}.tmp`
  try {
    const descriptor = openSync(temporary, 'w')
    try {
      for (const part of parts) writeAll(descriptor, part)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(temporary, path)
    syncDirectory(dirname(path))
  } catch (cause) {
    rmSync(temporary, { force: true })
    if (cause instanceof CodedError) throw cause
    throw new CodedError('ESC_OUTPUT', { file: path, found: messageOf(cause) }, { cause })
  }
}

/** SHA-256 of a file's bytes, for provenance. */
export function fileHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause)

function writeAll(descriptor: number, bytes: Uint8Array): void {
  let written = 0
  while (written < bytes.length) written += writeSync(descriptor, bytes, written)
}

/** Makes durable which files a folder has. */
export function syncDirectory(directory: string): void {
  // Windows cannot open a directory for this.
  if (process.platform === 'win32') return
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
