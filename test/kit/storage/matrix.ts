import {
  type StorageClass,
  type StorageOperation,
  type StorageRole,
  storageClasses,
} from '../../../runtime/storage/classes.ts'

/**
 * Who may do what, written down a second time: p put, g get, l list and stat, d delete. Columns
 * are the classes in their order; `-` is nothing.
 */
const table = `
  role         raw  canonical  derived  quarantine  experiment  executionRecord  staging
  recording    pl   -          -        -           -           -                -
  quality      gl   pl         -        pgld        -           -                pgld
  diagnostic   gl   -          -        -           -           -                -
  backtesting  -    gl         pld      -           pl          pl               -
  analysis     -    gl         pgld     -           pgl         gl               -
  live         -    gl         -        -           -           pl               -
  operations   l    l          l        gl          l           gl               ld
`
const letters = { put: 'p', get: 'g', list: 'l', delete: 'd' } as const
const [head, ...rows] = table
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/ +/))
if (String(head!.slice(1)) !== String(storageClasses)) throw new Error('columns out of step')

export type Asked = {
  readonly role: StorageRole
  readonly of: StorageClass
  readonly operation: StorageOperation
  readonly isAllowed: boolean
}

/** Every role, class and operation with what is expected of it: 196 of them. */
export const everyAccess: readonly Asked[] = rows.flatMap(([role, ...cells]) =>
  storageClasses.flatMap((of, i) =>
    (Object.keys(letters) as StorageOperation[]).map((operation) => ({
      role: role as StorageRole,
      of,
      operation,
      isAllowed: cells[i]!.includes(letters[operation]),
    })),
  ),
)
