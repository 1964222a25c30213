import { gunzipSync } from 'node:zlib'
import { CodedError } from '@escapement/core'
import { messageOf } from './files.ts'

/** Whether the bytes begin as a gzip stream does. */
function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/**
 * The content of a gzip file, or the bytes themselves when they are not gzip.
 * @throws ESC_DATA_READ when the stream is cut or damaged.
 */
export function gunzipIfNeeded(bytes: Uint8Array, file?: string): Uint8Array {
  if (!isGzip(bytes)) return bytes
  try {
    return gunzipSync(bytes, { chunkSize: 1 << 20 })
  } catch (cause) {
    throw new CodedError(
      'ESC_DATA_READ',
      {
        ...(file === undefined ? {} : { file }),
        found: `a damaged gzip stream (${messageOf(cause)})`,
        hint: 'a capture cut short can be decompressed as far as it goes with "gzip -dc"',
      },
      { cause },
    )
  }
}
