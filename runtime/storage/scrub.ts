import { messageOf } from '@escapement/core'
import { codedOf } from '../../actors/coded.ts'
import type { ObjectStore } from '../../actors/ports.ts'
import type { StorageClass } from './classes.ts'
import { eachObject } from './each-object.ts'
import { placeOf } from './keys.ts'
import { MANIFEST } from './layout.ts'
import { eachManifest, vouchedFor } from './manifests.ts'
import { type Fingerprint, fingerprintOf } from './tally.ts'

/** What is wrong with an object, by its key within the class. */
export type ScrubFinding = {
  readonly key: string
  readonly problem: 'missing' | 'corrupt' | 'unreadable'
  readonly found: string
}

export type ScrubReport = {
  readonly class: StorageClass
  readonly manifests: number
  /** Objects that were read and hashed, and their bytes. */
  readonly checked: number
  readonly bytes: number
  /** Objects that no manifest vouches for: nothing tells what their bytes should be. */
  readonly unlisted: number
  /** In byte order of keys. */
  readonly findings: readonly ScrubFinding[]
}

/**
 * Reads every object of a class that a manifest vouches for and compares it with what that says.
 * Holds one hash an object, and one piece of content at a time.
 */
export async function scrubStorage(store: ObjectStore, of: StorageClass): Promise<ScrubReport> {
  const expected = new Map<string, Fingerprint>()
  const findings: ScrubFinding[] = []
  let manifests = 0
  for await (const each of eachManifest(store, of)) {
    manifests++
    if ('cause' in each) findings.push(findingOf(each.key, each.cause))
    else for (const [key, fingerprint] of vouchedFor(each)) expected.set(key, fingerprint)
  }
  let checked = 0
  let bytes = 0
  let unlisted = 0
  for await (const { key } of eachObject(store, of)) {
    const needed = expected.get(key)
    if (needed === undefined) {
      if (!key.endsWith(`/${MANIFEST}`)) unlisted++
      continue
    }
    expected.delete(key)
    checked++
    try {
      const found = await fingerprintOf(store.read(placeOf(of, key)))
      bytes += found.bytes
      if (found.sha256 !== needed.sha256) findings.push(corrupt(key, found, needed))
    } catch (cause) {
      findings.push(findingOf(key, cause))
    }
  }
  for (const key of expected.keys()) {
    findings.push({ key, problem: 'missing', found: 'its manifest alone' })
  }
  findings.sort((a, b) => (a.key < b.key ? -1 : 1))
  return { class: of, manifests, checked, bytes, unlisted, findings }
}

function corrupt(key: string, found: Fingerprint, needed: Fingerprint): ScrubFinding {
  const sizes = found.bytes === needed.bytes ? '' : `${found.bytes} bytes for ${needed.bytes}, `
  return { key, problem: 'corrupt', found: `${sizes}sha256 ${found.sha256}` }
}

const PROBLEMS: Readonly<Record<string, ScrubFinding['problem']>> = {
  ESC_STORAGE_NOT_FOUND: 'missing',
  ESC_STORAGE_MANIFEST: 'corrupt',
  ESC_STORAGE_CORRUPT: 'corrupt',
}

/** What cannot be read is one finding; that the store has gone altogether ends the listing. */
function findingOf(key: string, cause: unknown): ScrubFinding {
  const coded = codedOf(cause)
  if (coded === null) throw cause
  return { key, problem: PROBLEMS[coded.code] ?? 'unreadable', found: messageOf(cause) }
}
