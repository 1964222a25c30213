import { createHash } from 'node:crypto'
import { CodedError, messageOf } from '@escapement/core'
import { z } from 'zod'
import { canonicalJson, type Json } from '../canonical-json.ts'
import { type StorageClass, storageClasses, storageFolders } from './classes.ts'
import { isKey } from './keys.ts'
import { MANIFEST } from './layout.ts'
import type { Fingerprint } from './tally.ts'

/** One file of a dataset; `file_id` is its key below the folder of the manifest. */
export type FileEntry = {
  readonly file_id: string
  readonly size_bytes: number
  readonly sha256: string
}

/**
 * What a dataset is made of, stored beside its files as `manifest.json`. Further fields, also of a
 * file, are kept as they are.
 */
export type DatasetManifest = {
  readonly schema_version: 1
  readonly dataset_id: string
  readonly class: StorageClass
  /** Canonical data have one. */
  readonly version?: number
  /** In byte order of `file_id`. */
  readonly files: readonly FileEntry[]
  /** Identity of the content: over path, hash and size of each file. */
  readonly dataset_sha256: string
  /** How a canonical version came about. */
  readonly promotion?: FileEntry
  /** Places in Storage (`raw/{dataset}`) that must stay as long as this dataset does. */
  readonly references: readonly string[]
  /** Over the canonical JSON of everything else. */
  readonly manifest_sha256: string
}

export const fingerprintIn = (entry: FileEntry): Fingerprint => ({
  bytes: entry.size_bytes,
  sha256: entry.sha256,
})

export type ManifestParts = Omit<
  DatasetManifest,
  'schema_version' | 'dataset_sha256' | 'manifest_sha256'
>

/** The bytes of a manifest with these parts; equal parts give equal bytes. */
export function writeManifest(parts: ManifestParts): Uint8Array {
  const files = [...parts.files].sort((a, b) => (a.file_id < b.file_id ? -1 : 1))
  const body = { ...parts, schema_version: 1, files, dataset_sha256: datasetSha256(files) }
  const manifest_sha256 = sha256(canonicalJson(body))
  return new TextEncoder().encode(`${canonicalJson({ ...body, manifest_sha256 } as Json)}\n`)
}

/**
 * Reads a manifest and checks that it agrees with itself.
 * @param place of the manifest, for the error
 * @throws ESC_STORAGE_MANIFEST
 */
export function readManifest(bytes: Uint8Array, place: string): DatasetManifest {
  const refuse = (field: string, found: string, needed: string) =>
    new CodedError('ESC_STORAGE_MANIFEST', { file: place, field, found, needed })
  const parsed = manifestSchema.safeParse(parsedJson(bytes, place))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw refuse(issue!.path.join('.') || MANIFEST, issue!.message, 'a manifest of version 1')
  }
  const { manifest_sha256, ...body } = parsed.data
  const own = sha256(canonicalJson(body))
  if (own !== manifest_sha256) throw refuse('manifest_sha256', manifest_sha256, own)
  const content = datasetSha256(body.files)
  if (content !== body.dataset_sha256) throw refuse('dataset_sha256', body.dataset_sha256, content)
  return parsed.data as DatasetManifest
}

/** One hash for one set of files, whatever else their manifest says. */
function datasetSha256(files: readonly FileEntry[]): string {
  return sha256(
    canonicalJson(
      files.map(({ file_id, sha256, size_bytes }) => ({ path: file_id, sha256, size_bytes })),
    ),
  )
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

function parsedJson(bytes: Uint8Array, place: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    const facts = { file: place, found: messageOf(cause), needed: 'JSON' }
    throw new CodedError('ESC_STORAGE_MANIFEST', facts, { cause })
  }
}

const hashText = z.string().regex(/^[0-9a-f]{64}$/, 'not a sha256')
const keyText = z.string().refine(isKey, 'not a key')
const placeText = z.string().refine((place) => {
  const folder = place.slice(0, place.indexOf('/'))
  return isKey(place) && Object.values(storageFolders).some((each) => each === folder)
}, 'not a place in Storage')
const fileSchema = z.looseObject({
  file_id: keyText,
  size_bytes: z.number().int().min(0),
  sha256: hashText,
})
const manifestSchema = z.looseObject({
  schema_version: z.literal(1),
  dataset_id: keyText,
  class: z.literal(storageClasses as [StorageClass, ...StorageClass[]]),
  version: z.number().int().min(1).optional(),
  files: z
    .array(fileSchema)
    .refine(
      (files) => files.every(({ file_id }, i) => i === 0 || files[i - 1]!.file_id < file_id),
      'not in byte order, or twice the same',
    ),
  dataset_sha256: hashText,
  promotion: fileSchema.optional(),
  references: z.array(placeText),
  manifest_sha256: hashText,
})
