import { CodedError } from '@escapement/core'
import type { ObjectStore, StoredObject } from '../../actors/ports.ts'
import type { StorageClass } from './classes.ts'
import { keyAt, placeOf, placesUnder } from './keys.ts'

/**
 * Every object of a class whose key begins with `prefix` and comes after `after`, by key within
 * the class, in byte order. What lies there under a name that Storage could not have written
 * (`canonical/../raw/x` in a bucket) is left out.
 * @throws ESC_STORAGE_KEY, ESC_STORAGE_UNAVAILABLE also when the store lists out of order
 */
export function eachObject(
  store: ObjectStore,
  of: StorageClass,
  prefix = '',
  after = '',
): AsyncIterable<StoredObject> {
  const places = placesUnder(of, prefix)
  return ordered(store, of, places, after === '' ? '' : placeOf(of, after))
}

async function* ordered(
  store: ObjectStore,
  of: StorageClass,
  places: string,
  after: string,
): AsyncIterable<StoredObject> {
  let last = after
  for await (const object of store.list(places, after)) {
    const key = keyAt(of, object.key)
    if (key === null || !object.key.startsWith(places)) continue
    if (object.key <= last) throw outOfOrder(store, last, object.key)
    last = object.key
    yield { key, bytes: object.bytes, modifiedMs: object.modifiedMs }
  }
}

/** Whoever goes on after a key would miss what comes out of order. */
const outOfOrder = (store: ObjectStore, last: string, next: string): CodedError =>
  new CodedError('ESC_STORAGE_UNAVAILABLE', {
    file: store.location,
    found: `${next} listed after ${last}`,
    needed: 'keys in byte order, as general purpose buckets give them',
  })
