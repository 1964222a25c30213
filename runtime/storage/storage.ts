import type { ObjectStore } from '../../actors/ports.ts'
import type { StorageAccess, StorageClass, StorageRole } from './classes.ts'
import { counted, newHealth, type StorageHealth, storageUsage, type Usage } from './health.ts'
import { StorageSurface } from './surface.ts'

export type StorageOptions = {
  /** Is told of every operation before it is done; the role `diagnostic` needs one. */
  readonly audit?: (access: StorageAccess) => void
}

/**
 * Durable objects in six classes that are kept apart. Storage is asked and never tells: nobody is
 * notified, and what there is stands in manifests. It validates and promotes nothing by itself.
 */
export class Storage {
  readonly #store: ObjectStore
  readonly #audit: StorageOptions['audit']
  readonly #health = newHealth()

  constructor(store: ObjectStore, { audit }: StorageOptions = {}) {
    this.#store = counted(store, this.#health)
    this.#audit = audit
  }

  get location(): string {
    return this.#store.location
  }

  /** What this role may see and do. @throws ESC_STORAGE_FORBIDDEN: `diagnostic` without an audit */
  as(role: StorageRole): StorageSurface {
    return new StorageSurface(this.#store, role, this.#audit)
  }

  /** The counts up to now; the caller's own copy. */
  health(): StorageHealth {
    return structuredClone(this.#health)
  }

  /** How much each class holds. */
  usage(): Promise<Readonly<Record<StorageClass, Usage>>> {
    return storageUsage(this.#store)
  }

  close(): void {
    this.#store.close()
  }
}
