import { createHash } from 'node:crypto'
import { CodedError } from '@escapement/core'
import type { ByteStream } from '../../actors/ports.ts'

/** What tells bytes from any others. `sha256`: 64 hexadecimal digits. */
export type Fingerprint = { readonly bytes: number; readonly sha256: string }

/** Counts and hashes bytes on their way. */
export class Tally {
  readonly #hash = createHash('sha256')
  #bytes = 0

  /** The same pieces; `end` speaks of those that were taken. */
  async *through(body: ByteStream): ByteStream {
    for await (const piece of body) {
      this.#hash.update(piece)
      this.#bytes += piece.length
      yield piece
    }
  }

  end(): Fingerprint {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }
}

/** Fingerprint of a whole stream, holding one piece at a time. */
export async function fingerprintOf(body: ByteStream): Promise<Fingerprint> {
  const tally = new Tally()
  for await (const _ of tally.through(body)) {
    // Only the count and the hash are wanted.
  }
  return tally.end()
}

/**
 * The pieces of `body`, and an error in place of the end when they were not the expected ones. So
 * what is done with them counts only once the end has come.
 * @throws ESC_STORAGE_CORRUPT
 */
export async function* verified(
  body: ByteStream,
  expected: Fingerprint,
  where: { readonly file: string; readonly field: string },
): ByteStream {
  const tally = new Tally()
  yield* tally.through(body)
  const found = tally.end()
  if (found.sha256 === expected.sha256 && found.bytes === expected.bytes) return
  throw new CodedError('ESC_STORAGE_CORRUPT', {
    ...where,
    found: inWords(found),
    needed: inWords(expected),
  })
}

/** All bytes in one piece. */
export async function collected(body: ByteStream): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
}

/** Bytes or text in one piece, or pieces as they are. */
export async function* streamOf(body: Uint8Array | ByteStream): ByteStream {
  if (body instanceof Uint8Array) yield body
  else yield* body
}

const inWords = ({ bytes, sha256 }: Fingerprint): string => `${bytes} bytes, sha256 ${sha256}`
