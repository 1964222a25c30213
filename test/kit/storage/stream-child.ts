import { openFileStore } from '../../../adapters/storage/file-store.ts'
import { openS3Store } from '../../../adapters/storage/s3-store.ts'
import { Storage } from '../../../runtime/storage/storage.ts'

/**
 * A process that stores an object of many MiB, reads it back verified, and prints by how many MiB
 * its memory grew at most. Arguments: MiB, then a folder, or an endpoint and a bucket.
 */
const [mib, place, bucket] = process.argv.slice(2) as [string, string, string?]
const store =
  bucket === undefined
    ? await openFileStore(place)
    : await openS3Store({ bucket, prefix: 'stream', endpoint: place })
const quality = new Storage(store).as('quality')

// Sampled, because the system's own maximum begins with that of the process that started this one.
let highest = 0
const sample = () => {
  highest = Math.max(highest, process.memoryUsage.rss())
}

async function* manyPieces(): AsyncIterable<Uint8Array> {
  for (let i = 0; i < Number(mib); i++) {
    sample()
    yield new Uint8Array(1024 * 1024).fill(i)
  }
}

// What the first use costs (modules, buffers, connections) is no matter of the object's size.
await quality.put('staging', 'small', new Uint8Array(1024 * 1024))
const before = process.memoryUsage.rss()
const receipt = await quality.put('staging', 'large', manyPieces())
let bytes = 0
for await (const piece of quality.open('staging', 'large', receipt)) {
  sample()
  bytes += piece.length
}
const grownMib = Math.round((highest - before) / 1024 / 1024)
process.stdout.write(JSON.stringify({ bytes, grownMib }))
store.close()
