import { createHash } from 'node:crypto'
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** A file of a run directory; its path from there has slashes on every system. */
export type Artifact = { readonly file: string; readonly sha256: string; readonly bytes: number }

/** Every file below a folder, in the order of paths. */
export function filesBelow(folder: string, path = ''): readonly string[] {
  return readdirSync(join(folder, path), { withFileTypes: true })
    .flatMap((entry) => {
      const inner = path === '' ? entry.name : `${path}/${entry.name}`
      return entry.isDirectory() ? filesBelow(folder, inner) : [inner]
    })
    .sort()
}

/** Size and SHA-256 of a file of the folder. Cost: one pass over its bytes, a megabyte at a time. */
export function artifactOf(folder: string, file: string): Artifact {
  const descriptor = openSync(join(folder, file), 'r')
  try {
    const hash = createHash('sha256')
    const window = new Uint8Array(1 << 20)
    let bytes = 0
    for (;;) {
      const read = readSync(descriptor, window, 0, window.length, bytes)
      if (read === 0) return { file, sha256: hash.digest('hex'), bytes }
      hash.update(window.subarray(0, read))
      bytes += read
    }
  } finally {
    closeSync(descriptor)
  }
}
