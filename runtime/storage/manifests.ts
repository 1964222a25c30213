import type { ObjectStore } from '../../actors/ports.ts'
import type { StorageClass } from './classes.ts'
import { eachObject } from './each-object.ts'
import { placeOf } from './keys.ts'
import { MANIFEST, PROMOTION } from './layout.ts'
import { type DatasetManifest, fingerprintIn, readManifest } from './manifest.ts'
import { collected, type Fingerprint } from './tally.ts'

/** A manifest where it lies; `key` is relative to its class. */
export type FoundManifest = {
  readonly key: string
  readonly modifiedMs: number
  readonly manifest: DatasetManifest
}

/** Every manifest of a class in byte order of keys; one that cannot be used comes as its error. */
export async function* eachManifest(
  store: ObjectStore,
  of: StorageClass,
): AsyncIterable<FoundManifest | { readonly key: string; readonly cause: unknown }> {
  for await (const { key, modifiedMs } of eachObject(store, of)) {
    if (!key.endsWith(`/${MANIFEST}`)) continue
    try {
      const place = placeOf(of, key)
      const manifest = readManifest(await collected(store.read(place)), place)
      yield { key, modifiedMs, manifest }
    } catch (cause) {
      yield { key, cause }
    }
  }
}

/** Every object that a manifest vouches for, by key within the class; not the manifest itself. */
export function vouchedFor({ key, manifest }: FoundManifest): ReadonlyMap<string, Fingerprint> {
  const folder = key.slice(0, -MANIFEST.length)
  const files = new Map(
    manifest.files.map((entry) => [folder + entry.file_id, fingerprintIn(entry)]),
  )
  const { promotion } = manifest
  if (promotion !== undefined) files.set(folder + PROMOTION, fingerprintIn(promotion))
  return files
}
