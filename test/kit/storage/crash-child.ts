import { openFileStore } from '../../../adapters/storage/file-store.ts'
import { piecesOf } from './store-under-test.ts'
import { watchedDisk } from './watched-disk.ts'

/**
 * A process that writes one object and is killed before a step of its own choosing. Arguments:
 * root, key, text, create or replace, and after how many steps. Ends with 0 if it outlives them.
 */
const [root, key, text, mode, last] = process.argv.slice(2) as [
  string,
  string,
  string,
  'create' | 'replace',
  string,
]
let left = Number(last)
const fs = watchedDisk(() => {
  if (left-- === 0) process.kill(process.pid, 'SIGKILL')
})
const store = await openFileStore(root, { fs })
await store.write(key, piecesOf(new TextEncoder().encode(text), 16), mode)
