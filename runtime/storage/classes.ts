import { isRecord } from './layout.ts'

/**
 * The six classes of Storage, and staging, which is scratch space and no class of its own. Each has
 * one folder, so the location of an object alone tells its class.
 */
export const storageFolders = {
  raw: 'raw',
  canonical: 'canonical',
  derived: 'derived',
  quarantine: 'quarantine',
  experiment: 'experiments',
  executionRecord: 'execution-records',
  staging: 'staging',
} as const

export type StorageClass = keyof typeof storageFolders
export const storageClasses = Object.keys(storageFolders) as readonly StorageClass[]

export type StorageRole =
  | 'recording'
  | 'quality'
  | 'diagnostic'
  | 'backtesting'
  | 'analysis'
  | 'live'
  | 'operations'

/** `list` sees names, sizes and times; `get` sees content. */
export type StorageOperation = 'put' | 'get' | 'list' | 'delete'

/** One operation as it was asked for; `key` is relative to the class, a prefix for `list`. */
export type StorageAccess = {
  readonly role: StorageRole
  readonly operation: StorageOperation
  readonly class: StorageClass
  readonly key: string
  readonly isAllowed: boolean
}

/** Classes whose objects are written once: no key is ever written again. */
const WRITTEN_ONCE: readonly StorageClass[] = ['raw', 'canonical', 'executionRecord']
export const isWrittenOnce = (of: StorageClass): boolean => WRITTEN_ONCE.includes(of)

type Grants = Partial<Readonly<Record<StorageClass, readonly StorageOperation[]>>>
const READ = ['get', 'list'] as const
const OWN = ['put', 'get', 'list', 'delete'] as const

/**
 * Who may do what; what is not named here is refused. A writer sees the names in its class, to go
 * on where it stopped, and its content only where it is a reader as well.
 * @source docs/storage.md, "Who may do what"
 */
const granted: Readonly<Record<StorageRole, Grants>> = {
  recording: { raw: ['put', 'list'] },
  quality: {
    raw: READ,
    canonical: ['put', 'list'],
    quarantine: OWN,
    staging: OWN,
  },
  // Looks at raw data where something went wrong. It can write nothing, so nothing that is
  // computed from what it saw enters Storage.
  diagnostic: { raw: READ },
  backtesting: {
    canonical: READ,
    derived: ['put', 'list', 'delete'],
    experiment: ['put', 'list'],
    executionRecord: ['put', 'list'],
  },
  analysis: {
    canonical: READ,
    derived: OWN,
    // Writing is confined further: see `isAllowed`.
    experiment: ['put', 'get', 'list'],
    executionRecord: READ,
  },
  // Canonical data warm a session up; its input comes from the Venue.
  live: { canonical: READ, executionRecord: ['put', 'list'] },
  // Sees how much there is; reads what it must act on. It deletes through retention alone.
  operations: {
    raw: ['list'],
    canonical: ['list'],
    derived: ['list'],
    quarantine: READ,
    experiment: ['list'],
    executionRecord: READ,
    staging: ['list', 'delete'],
  },
}

/** The matrix. `key` is relative to the class; where a rule depends on it, none means no. */
export function isAllowed(
  role: StorageRole,
  operation: StorageOperation,
  of: StorageClass,
  key = '',
): boolean {
  // Manifests tell what there is: whoever may see the names may read them.
  const asked = operation === 'get' && isRecord(key) ? 'list' : operation
  if (!(granted[role][of] ?? []).some((each) => each === asked)) return false
  if (role === 'analysis' && of === 'experiment' && operation === 'put') {
    return ANALYSIS_OF_EXPERIMENT.test(key)
  }
  return true
}

/** `{experiment}/analysis/...`: the one place in an experiment where Analysis writes. */
const ANALYSIS_OF_EXPERIMENT = /^[^/]+\/analysis\/./
