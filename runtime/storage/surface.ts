import { CodedError } from '@escapement/core'
import { codedOf } from '../../actors/coded.ts'
import type { ByteStream, ObjectStore, StoredObject } from '../../actors/ports.ts'
import {
  isAllowed,
  isWrittenOnce,
  type StorageAccess,
  type StorageClass,
  type StorageOperation,
  type StorageRole,
} from './classes.ts'
import { eachObject } from './each-object.ts'
import { placeOf } from './keys.ts'
import { MANIFEST, versionOf } from './layout.ts'
import { collected, type Fingerprint, fingerprintOf, streamOf, Tally, verified } from './tally.ts'

/** What was stored: enough to read it back verified. */
export type StoredReceipt = Fingerprint & { readonly key: string }

export type PutOptions = {
  /**
   * When a key that is written once is taken already: `refuse` (default), or `acceptSame` where it
   * holds the same bytes, for a writer that tries again and does not know how far it came.
   */
  readonly ifTaken?: 'refuse' | 'acceptSame'
}

/**
 * Storage as one role sees it. The one place that enforces who may do what, how keys look, and
 * that what is written once stays; every method checks that first. Keys are relative to the class.
 *
 * @throws ESC_STORAGE_FORBIDDEN, ESC_STORAGE_KEY, ESC_STORAGE_UNAVAILABLE, ESC_STORAGE_ACCESS
 */
export class StorageSurface {
  readonly role: StorageRole
  readonly #store: ObjectStore
  readonly #audit: ((access: StorageAccess) => void) | undefined
  #isWarm = false

  constructor(store: ObjectStore, role: StorageRole, audit?: (access: StorageAccess) => void) {
    this.role = role
    this.#store = store
    this.#audit = audit
    if (role === 'diagnostic' && audit === undefined) {
      const needed = 'an audit, for this role reads what its users should not depend on'
      throw new CodedError('ESC_STORAGE_FORBIDDEN', { field: role, needed })
    }
  }

  /**
   * Stores all of `body`, or nothing. Durable when it returns.
   * @throws ESC_STORAGE_IMMUTABLE when the class is written once and the key is taken, or its
   *   canonical version has been promoted
   */
  async put(
    of: StorageClass,
    key: string,
    body: Uint8Array | ByteStream,
    { ifTaken = 'refuse' }: PutOptions = {},
  ): Promise<StoredReceipt> {
    const place = this.#enter('put', of, key)
    if (of === 'canonical') await this.#refusePromoted(key)
    const tally = new Tally()
    const pieces = tally.through(streamOf(body))
    if (!isWrittenOnce(of)) {
      await this.#store.write(place, pieces, 'replace')
      return { key, ...tally.end() }
    }
    // Asked first, so that nothing is sent in vain, and so that a server which does not keep
    // conditions is wrong only about writers of the same moment.
    if ((await this.#store.stat(place)) !== null) {
      if (ifTaken === 'acceptSame') return this.#same(key, place, await fingerprintOf(pieces))
      throw this.#taken(place)
    }
    try {
      await this.#store.write(place, pieces, 'create')
    } catch (cause) {
      const isTaken = codedOf(cause)?.code === 'ESC_STORAGE_IMMUTABLE'
      if (ifTaken === 'acceptSame' && isTaken) return this.#same(key, place, tally.end())
      throw cause
    }
    return { key, ...tally.end() }
  }

  /**
   * The whole object. With what `put` or a manifest said of it, it is what was written or an error.
   * @throws ESC_STORAGE_NOT_FOUND, ESC_STORAGE_CORRUPT
   */
  async get(of: StorageClass, key: string, expected?: Fingerprint): Promise<Uint8Array> {
    return collected(this.open(of, key, expected))
  }

  /**
   * The object in pieces, for what is too large to hold. With `expected`, other bytes make an error
   * in place of the end.
   * @throws ESC_STORAGE_NOT_FOUND in place of the first piece, ESC_STORAGE_CORRUPT at the end
   */
  open(of: StorageClass, key: string, expected?: Fingerprint): ByteStream {
    const place = this.#enter('get', of, key)
    const body = this.#store.read(place)
    if (expected === undefined) return body
    return verified(body, expected, { file: this.#store.location, field: place })
  }

  /** Size and time of an object, or null. */
  async stat(of: StorageClass, key: string): Promise<StoredObject | null> {
    const found = await this.#store.stat(this.#enter('list', of, key))
    return found === null ? null : { ...found, key }
  }

  /**
   * Objects whose keys begin with `prefix`, all of them however many, in byte order of keys. To go
   * on later, give the last key seen as `after`.
   */
  list(of: StorageClass, prefix = '', after = ''): AsyncIterable<StoredObject> {
    this.#check('list', of, prefix)
    return eachObject(this.#store, of, prefix, after)
  }

  /**
   * Removes an object; that there is none is no error. No role may do so in a class that is written
   * once.
   */
  async delete(of: StorageClass, key: string): Promise<void> {
    await this.#store.remove(this.#enter('delete', of, key))
  }

  /** From here on Live reads no Canonical data: they warm a session up and are no input of it. */
  endWarmUp(): void {
    this.#isWarm = true
  }

  #enter(operation: StorageOperation, of: StorageClass, key: string): string {
    this.#check(operation, of, key)
    return placeOf(of, key)
  }

  #check(operation: StorageOperation, of: StorageClass, key: string): void {
    const isTooLate = this.role === 'live' && of === 'canonical' && this.#isWarm
    const allowed = !isTooLate && isAllowed(this.role, operation, of, key)
    this.#audit?.({ role: this.role, operation, class: of, key, isAllowed: allowed })
    if (allowed) return
    throw new CodedError('ESC_STORAGE_FORBIDDEN', {
      file: this.#store.location,
      field: key === '' ? of : `${of} ${JSON.stringify(key)}`,
      found: `${operation} by ${this.role}${isTooLate ? ' after its warm-up' : ''}`,
      hint: 'docs/storage.md says who may do what',
    })
  }

  /** A version is complete with its manifest: nothing is added to it afterwards. */
  async #refusePromoted(key: string): Promise<void> {
    const version = versionOf(key)
    if (version === null) {
      const needed = '{dataset}/v{n}/{file}'
      throw new CodedError('ESC_STORAGE_KEY', { field: 'canonical', found: key, needed })
    }
    const manifest = placeOf('canonical', `${version.folder}/${MANIFEST}`)
    if ((await this.#store.stat(manifest)) !== null) throw this.#taken(manifest)
  }

  async #same(key: string, place: string, own: Fingerprint): Promise<StoredReceipt> {
    const held = await fingerprintOf(this.#store.read(place))
    if (held.sha256 !== own.sha256) throw this.#taken(place)
    return { key, ...own }
  }

  #taken(place: string): CodedError {
    const hint = 'a correction is a new object: another key, for canonical data another version'
    const facts = { file: this.#store.location, field: place, found: 'an object of that key', hint }
    return new CodedError('ESC_STORAGE_IMMUTABLE', facts)
  }
}
