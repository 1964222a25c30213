import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openFileStore } from '../../../adapters/storage/file-store.ts'
import { folderWith } from '../cli.ts'
import type { StoreKind, StoreUnderTest } from './store-under-test.ts'

/** A folder that goes away with the test. */
export async function openFolder(): Promise<StoreUnderTest & { readonly root: string }> {
  const root = folderWith()
  return {
    root,
    store: await openFileStore(root),
    reopen: () => openFileStore(root),
    plant: async (place, bytes) => {
      mkdirSync(dirname(join(root, place)), { recursive: true })
      writeFileSync(join(root, place), bytes)
    },
    // A file system has no empty names, resolves dots, and has the class as a folder.
    canPlant: (place) => place !== 'canonical' && !/(^|\/)(\.\.)?(\/|$)/.test(place),
  }
}

export const fileKind: StoreKind = {
  name: 'the file system',
  isCreateExact: true,
  isOrderExact: true,
  manyObjects: 2_500,
  open: openFolder,
}
