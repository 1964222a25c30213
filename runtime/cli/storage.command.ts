import { CodedError } from '@escapement/core'
import type { ObjectStore } from '../../actors/ports.ts'
import { type StorageClass, storageClasses } from '../storage/classes.ts'
import { type ScrubReport, scrubStorage } from '../storage/scrub.ts'
import { Storage } from '../storage/storage.ts'
import { openStorage, type StoreFlags } from './open-storage.ts'
import { failureReport, type Output } from './output.ts'
import { table } from './terminal.ts'

export type StorageFlags = StoreFlags & {
  readonly class?: string
  readonly prefix?: string
}

/** `escapement storage scrub|list <location>`: whether what is stored is whole, and what is there. */
export async function storageCommand(
  action: string,
  location: string,
  { class: name, prefix = '', ...flags }: StorageFlags,
  output: Output,
): Promise<void> {
  const actions: Readonly<Record<string, typeof scrub>> = { scrub, list }
  const act = Object.hasOwn(actions, action) ? actions[action] : undefined
  if (act === undefined) {
    throw new CodedError('ESC_USAGE', { field: 'storage', found: action, needed: 'scrub or list' })
  }
  const classes = classesOf(name)
  const store = await openStorage(location, flags)
  try {
    await act(store, classes, prefix, output)
  } catch (cause) {
    // Not the fault of what was typed: the same command may do tomorrow.
    if (!(cause instanceof CodedError) || cause.code !== 'ESC_STORAGE_UNAVAILABLE') throw cause
    output.failure(failureReport(cause))
  } finally {
    store.close()
  }
}

async function scrub(
  store: ObjectStore,
  classes: readonly StorageClass[],
  _prefix: string,
  output: Output,
): Promise<void> {
  const reports: ScrubReport[] = []
  for (const of of classes) reports.push(await scrubStorage(store, of))
  const isSound = reports.every(({ findings }) => findings.length === 0)
  if (!isSound) output.exitCode = 1
  const summary = { status: isSound ? 'sound' : 'damaged', location: store.location, reports }
  output.result(summary, () =>
    reports
      .flatMap(({ class: of, manifests, checked, bytes, unlisted, findings }) => [
        `${of}: ${manifests} manifests, ${checked} objects of ${bytes} bytes read, ` +
          `${unlisted} unlisted, ${findings.length} damaged`,
        ...findings.map(({ key, problem, found }) => `  ${problem}  ${key}  (${found})`),
      ])
      .join('\n'),
  )
}

async function list(
  store: ObjectStore,
  classes: readonly StorageClass[],
  prefix: string,
  output: Output,
): Promise<void> {
  const surface = new Storage(store).as('operations')
  const objects: { class: StorageClass; key: string; bytes: number; modifiedMs: number }[] = []
  for (const of of classes) {
    for await (const object of surface.list(of, prefix)) objects.push({ class: of, ...object })
  }
  const bytes = objects.reduce((sum, each) => sum + each.bytes, 0)
  output.result({ location: store.location, objects, bytes }, () =>
    table([
      ...objects.map(({ class: of, key, bytes }) => [`${of} ${key}`, String(bytes)] as const),
      [`${objects.length} objects`, `${bytes} bytes`],
    ]),
  )
}

/** @throws ESC_USAGE */
function classesOf(name: string | undefined): readonly StorageClass[] {
  if (name === undefined) return storageClasses
  const found = storageClasses.find((each) => each === name)
  if (found !== undefined) return [found]
  const needed = storageClasses.join(', ')
  throw new CodedError('ESC_USAGE', { field: '--class', found: name, needed })
}
