import { describe } from 'vitest'
import { datasetSuite } from './storage/dataset-suite.ts'
import { maintenanceSuite } from './storage/maintenance-suite.ts'
import { objectSuite } from './storage/object-suite.ts'
import { permissionSuite } from './storage/permission-suite.ts'
import type { StoreKind } from './storage/store-under-test.ts'

/**
 * What Storage promises, whatever keeps its objects: the same claims for every backend. Each test
 * opens a store of its own.
 */
export function storageSuite(kind: StoreKind): void {
  describe(`Storage on ${kind.name}`, () => {
    objectSuite(kind)
    permissionSuite(kind)
    datasetSuite(kind)
    maintenanceSuite(kind)
  })
}
