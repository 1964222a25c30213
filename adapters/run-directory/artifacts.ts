import { createHash } from 'node:crypto'
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** A file of a run directory; its name is its path from there, with slashes on every system. */
export type Artifact = { readonly name: string; readonly size: number; readonly sha256: string }

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
export function artifactOf(folder: string, name: string): Artifact {
  const descriptor = openSync(join(folder, name), 'r')
  try {
    const hash = createHash('sha256')
    const window = new Uint8Array(1 << 20)
    let size = 0
    for (;;) {
      const read = readSync(descriptor, window, 0, window.length, size)
      if (read === 0) return { name, size, sha256: hash.digest('hex') }
      hash.update(window.subarray(0, read))
      size += read
    }
  } finally {
    closeSync(descriptor)
  }
}
