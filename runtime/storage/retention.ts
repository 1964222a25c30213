import { CodedError } from '@escapement/core'
import type { ObjectStore, StoredObject } from '../../actors/ports.ts'
import { type StorageClass, storageClasses } from './classes.ts'
import { eachObject } from './each-object.ts'
import { placeOf } from './keys.ts'
import { MANIFEST } from './layout.ts'
import { eachManifest, type FoundManifest, vouchedFor } from './manifests.ts'

export type RetentionRequest = {
  readonly class: StorageClass
  /** Only what begins with this key; by default the whole class. */
  readonly prefix?: string
  /** What was changed at this time (epoch ms) or later stays. */
  readonly unchangedSinceMs: number
  /** Says what would be removed, and removes nothing. */
  readonly isDryRun?: boolean
}

export type RetentionReport = {
  /** Keys within the class, in the order of removal: manifests first. */
  readonly removed: readonly string[]
  readonly bytes: number
  /** Old enough, and kept all the same: places of the manifests that refer to them. */
  readonly kept: readonly { readonly key: string; readonly because: string }[]
}

/**
 * Removes what is old and needed by nobody. A dataset goes as a whole, by the age of its manifest;
 * an object of no dataset by its own. What the manifest of anything that stays refers to stays, and
 * so on from there. Canonical data are never touched.
 *
 * A reference that is stored while this runs may come too late: retention and what publishes
 * references to old datasets belong into one schedule.
 * @throws ESC_STORAGE_IMMUTABLE for Canonical; ESC_STORAGE_MANIFEST or what reading threw when a
 *   manifest of any class cannot be used, for nobody knows what it refers to
 */
export async function applyRetention(
  store: ObjectStore,
  { class: of, prefix = '', unchangedSinceMs, isDryRun = false }: RetentionRequest,
): Promise<RetentionReport> {
  if (of === 'canonical') {
    throw new CodedError('ESC_STORAGE_IMMUTABLE', { file: store.location, field: of })
  }
  const manifests = await everyManifest(store)
  const { retained, references } = whatStays(
    manifests,
    ({ key, modifiedMs, manifest }) =>
      manifest.class === of && key.startsWith(prefix) && modifiedMs < unchangedSinceMs,
  )
  const guarded = new Map<string, Because>()
  const leaving = new Set<string>()
  for (const each of manifests.filter(({ manifest }) => manifest.class === of)) {
    const because = retained.get(each)
    for (const key of [each.key, ...vouchedFor(each).keys()]) {
      if (because === undefined) leaving.add(key)
      else guarded.set(key, because)
    }
  }
  const going: StoredObject[] = []
  const kept: { key: string; because: string }[] = []
  for await (const object of eachObject(store, of, prefix)) {
    const { key, modifiedMs } = object
    const because = guarded.get(key) ?? references.holderOf(placeOf(of, key))
    const isOld = leaving.has(key) || modifiedMs < unchangedSinceMs
    if (because === undefined && isOld) going.push(object)
    if (because !== undefined && because !== ITSELF && isOld) kept.push({ key, because })
  }
  const order = [...going.filter(isManifest), ...going.filter((each) => !isManifest(each))]
  if (!isDryRun) for (const { key } of order) await store.remove(placeOf(of, key))
  return {
    removed: order.map(({ key }) => key),
    bytes: going.reduce((sum, { bytes }) => sum + bytes, 0),
    kept,
  }
}

/** Place of the manifest that refers to it, or that it needs nobody to stay. */
type Because = string
const ITSELF = ''

/** Manifests that are no candidates, and from there all that they refer to, directly or not. */
function whatStays(
  manifests: readonly FoundManifest[],
  isCandidate: (each: FoundManifest) => boolean,
): { readonly retained: ReadonlyMap<FoundManifest, Because>; readonly references: References } {
  const retained = new Map<FoundManifest, Because>()
  const references = new References()
  const keep = (each: FoundManifest, because: Because) => {
    retained.set(each, because)
    references.add(each)
  }
  for (const each of manifests) if (!isCandidate(each)) keep(each, ITSELF)
  for (let before = -1; before !== retained.size; ) {
    before = retained.size
    for (const each of manifests) {
      const because = retained.has(each) ? undefined : references.holderOfDataset(each)
      if (because !== undefined) keep(each, because)
    }
  }
  return { retained, references }
}

/** Which places are referred to, and by whom. */
class References {
  readonly #places = new Map<string, Because>()
  /** Every folder above such a place. */
  readonly #above = new Map<string, Because>()

  add(each: FoundManifest): void {
    const because = placeOfManifest(each)
    for (const reference of each.manifest.references) {
      this.#places.set(reference, because)
      for (const folder of foldersAbove(reference)) this.#above.set(folder, because)
    }
  }

  holderOf(place: string): Because | undefined {
    for (const folder of [place, ...foldersAbove(place)]) {
      const because = this.#places.get(folder)
      if (because !== undefined) return because
    }
    return undefined
  }

  /** A dataset goes as a whole, so a reference to one of its files holds all of it. */
  holderOfDataset(each: FoundManifest): Because | undefined {
    const place = placeOfManifest(each)
    return this.holderOf(place) ?? this.#above.get(place.slice(0, -MANIFEST.length - 1))
  }
}

const foldersAbove = (place: string): readonly string[] => {
  const names = place.split('/')
  return names.slice(1).map((_, i) => names.slice(0, names.length - 1 - i).join('/'))
}

const placeOfManifest = ({ key, manifest }: FoundManifest): string => placeOf(manifest.class, key)

const isManifest = ({ key }: StoredObject): boolean => key.endsWith(`/${MANIFEST}`)

async function everyManifest(store: ObjectStore): Promise<readonly FoundManifest[]> {
  const found: FoundManifest[] = []
  for (const of of storageClasses) {
    for await (const each of eachManifest(store, of)) {
      if ('cause' in each) throw each.cause
      if (each.manifest.class === of) found.push(each)
      else throw misplaced(of, each)
    }
  }
  return found
}

function misplaced(of: StorageClass, { key, manifest }: FoundManifest): CodedError {
  const facts = { file: placeOf(of, key), field: 'class', found: manifest.class, needed: of }
  return new CodedError('ESC_STORAGE_MANIFEST', facts)
}
