import { CodedError } from '@escapement/core'
import type { ByteStream } from '../../actors/ports.ts'
import type { Json } from '../canonical-json.ts'
import { type StorageClass, storageFolders } from './classes.ts'
import { MANIFEST, versionOf } from './layout.ts'
import {
  type DatasetManifest,
  type FileEntry,
  fingerprintIn,
  type ManifestParts,
  readManifest,
  writeManifest,
} from './manifest.ts'
import type { PutOptions, StorageSurface } from './surface.ts'
import { collected } from './tally.ts'

/** A file on its way into a dataset; `more` is kept in its entry of the manifest. */
export type DatasetFile = {
  readonly fileId: string
  readonly body: Uint8Array | ByteStream
  readonly more?: { readonly [name: string]: Json }
}

export type DatasetParts = {
  readonly datasetId: string
  readonly files: Iterable<DatasetFile> | AsyncIterable<DatasetFile>
  /** Places that must stay as long as this dataset does, such as `raw/{dataset}`. */
  readonly references?: readonly string[]
  /** `acceptSame`: what is there already may be there, for a writer that was interrupted. */
  readonly ifTaken?: PutOptions['ifTaken']
  /** Further fields of the manifest, such as a time range or whether a recording is complete. */
  readonly more?: { readonly [name: string]: Json }
}

/** A dataset that is there: its manifest, and its files as that says they are. */
export type Dataset = {
  readonly class: StorageClass
  /** Key of the folder of the manifest, in its class. */
  readonly folder: string
  readonly manifest: DatasetManifest
  /**
   * One file in pieces; an error in place of the end when its bytes are others.
   * @throws ESC_STORAGE_NOT_FOUND, ESC_STORAGE_CORRUPT
   */
  open(fileId: string): ByteStream
  /** One whole file. @throws ESC_STORAGE_NOT_FOUND, ESC_STORAGE_CORRUPT */
  get(fileId: string): Promise<Uint8Array>
}

/**
 * Stores a dataset in a class other than Canonical: its files, and then the manifest that makes it
 * visible. What `put` refuses is refused; canonical versions come by `promote`.
 */
export async function publishDataset(
  surface: StorageSurface,
  of: Exclude<StorageClass, 'canonical'>,
  { datasetId, files, references = [], more = {}, ifTaken = 'refuse' }: DatasetParts,
): Promise<DatasetManifest> {
  const entries = await putFiles(surface, of, datasetId, files, { ifTaken })
  const parts = { ...more, dataset_id: datasetId, class: of, files: entries, references }
  return putManifest(surface, datasetId, parts, { ifTaken })
}

/** Puts the files one after the other, and says what the manifest will say of them. */
export async function putFiles(
  surface: StorageSurface,
  of: StorageClass,
  folder: string,
  files: DatasetParts['files'],
  options: PutOptions = {},
): Promise<readonly FileEntry[]> {
  const entries: FileEntry[] = []
  for await (const { fileId, body, more } of files) {
    const { bytes, sha256 } = await surface.put(of, `${folder}/${fileId}`, body, options)
    entries.push({ ...more, file_id: fileId, size_bytes: bytes, sha256 })
  }
  return entries
}

/** Puts the manifest, which is the last object of a dataset. */
export async function putManifest(
  surface: StorageSurface,
  folder: string,
  parts: ManifestParts,
  options: PutOptions = {},
): Promise<DatasetManifest> {
  const bytes = writeManifest(parts)
  const manifest = readManifest(bytes, placeOfManifest(parts.class, folder))
  await surface.put(parts.class, `${folder}/${MANIFEST}`, bytes, options)
  return manifest
}

/**
 * The dataset in that folder of a class; for canonical data `{dataset}/v{n}`.
 * @param expectedSha256 its `dataset_sha256`, where a run or a result has written it down
 * @throws ESC_STORAGE_NOT_FOUND, ESC_STORAGE_MANIFEST, ESC_STORAGE_CORRUPT when it is another one
 */
export async function openDataset(
  surface: StorageSurface,
  of: StorageClass,
  folder: string,
  expectedSha256?: string,
): Promise<Dataset> {
  const place = placeOfManifest(of, folder)
  const bytes = await surface.get(of, `${folder}/${MANIFEST}`)
  const manifest = readManifest(bytes, place)
  checkPlace(manifest, of, folder, place)
  const { dataset_sha256: found } = manifest
  if (expectedSha256 !== undefined && found !== expectedSha256) {
    const facts = { file: place, field: 'dataset_sha256', found, needed: expectedSha256 }
    throw new CodedError('ESC_STORAGE_CORRUPT', facts)
  }
  const open = (fileId: string): ByteStream => {
    const entry = manifest.files.find((each) => each.file_id === fileId)
    if (entry === undefined) {
      throw new CodedError('ESC_STORAGE_NOT_FOUND', { file: place, field: fileId })
    }
    return surface.open(of, `${folder}/${fileId}`, fingerprintIn(entry))
  }
  return { class: of, folder, manifest, open, get: async (fileId) => collected(open(fileId)) }
}

/** A manifest that was copied elsewhere says something untrue. */
function checkPlace(
  manifest: DatasetManifest,
  of: StorageClass,
  folder: string,
  place: string,
): void {
  const { version } = manifest
  const own = version === undefined ? manifest.dataset_id : `${manifest.dataset_id}/v${version}`
  const isNumbered = of !== 'canonical' || versionOf(`${folder}/${MANIFEST}`) !== null
  if (manifest.class === of && own === folder && isNumbered) return
  throw new CodedError('ESC_STORAGE_MANIFEST', {
    file: place,
    field: 'dataset_id',
    found: `${manifest.class} ${own}`,
    needed: `${of} ${folder}`,
  })
}

const placeOfManifest = (of: StorageClass, folder: string): string =>
  `${storageFolders[of]}/${folder}/${MANIFEST}`
