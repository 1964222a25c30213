import { CodedError, messageOf } from '@escapement/core'
import { z } from 'zod'
import { codedOf } from '../../actors/coded.ts'
import { canonicalJson, type Json } from '../canonical-json.ts'
import { type Dataset, type DatasetParts, openDataset, putFiles, putManifest } from './datasets.ts'
import { isKey } from './keys.ts'
import { MANIFEST, PROMOTION, versionOf } from './layout.ts'
import { type DatasetManifest, fingerprintIn } from './manifest.ts'
import type { StorageSurface } from './surface.ts'

export type PromotionParts = Omit<DatasetParts, 'references' | 'ifTaken'> & {
  /** The raw dataset that the files were made from; it has to be there. */
  readonly rawDatasetId: string
  /** Name of the run of Data Quality that decided it. */
  readonly cycle: string
  /** Whatever else tells how the files came about: versions, criteria, parameters. */
  readonly provenance?: { readonly [name: string]: Json }
}

/** How one canonical version came about, stored in it as `promotion.json`. */
export type PromotionRecord = {
  readonly schema_version: 1
  readonly dataset_id: string
  readonly version: number
  readonly raw_dataset_id: string
  readonly raw_dataset_sha256: string
  readonly cycle: string
  readonly provenance: { readonly [name: string]: unknown }
}

export type PromotedVersion = {
  readonly promotion: PromotionRecord
  readonly manifest: DatasetManifest
}

/** Others promote the same dataset at the same moment; more than that is no accident. */
const MOST_RIVALS = 100

/**
 * Stores the next version of a canonical dataset: `promotion.json`, which takes the number, the
 * files, and the manifest, which makes the version visible and final. When it fails on the way, the
 * number is used up and nothing is visible.
 * @throws ESC_STORAGE_NOT_FOUND when there is no such raw dataset; ESC_STORAGE_KEY for a dataset
 *   with a name that looks like a version
 */
export async function promote(
  surface: StorageSurface,
  { datasetId, rawDatasetId, cycle, provenance = {}, files, more = {} }: PromotionParts,
): Promise<PromotedVersion> {
  checkId(datasetId)
  const raw = await openDataset(surface, 'raw', rawDatasetId)
  const claim = await claimVersion(surface, {
    schema_version: 1,
    dataset_id: datasetId,
    raw_dataset_id: rawDatasetId,
    raw_dataset_sha256: raw.manifest.dataset_sha256,
    cycle,
    provenance,
  })
  const { version } = claim.record
  const folder = `${datasetId}/v${version}`
  const entries = await putFiles(surface, 'canonical', folder, files)
  const manifest = await putManifest(surface, folder, {
    ...more,
    dataset_id: datasetId,
    class: 'canonical',
    version,
    files: entries,
    promotion: { file_id: PROMOTION, size_bytes: claim.bytes, sha256: claim.sha256 },
    references: [`raw/${rawDatasetId}`],
  })
  return { promotion: claim.record, manifest }
}

/**
 * Every version that was promoted of datasets whose ids begin with `prefix`, by dataset and then
 * version. `rawDatasetId` narrows it to what was made from that one.
 * @throws ESC_STORAGE_MANIFEST, ESC_STORAGE_CORRUPT
 */
export async function promotionHistory(
  surface: StorageSurface,
  { prefix = '', rawDatasetId }: { readonly prefix?: string; readonly rawDatasetId?: string } = {},
): Promise<readonly PromotedVersion[]> {
  const found: PromotedVersion[] = []
  for await (const { key } of surface.list('canonical', prefix)) {
    const version = versionOf(key)
    if (version === null || key !== `${version.folder}/${MANIFEST}`) continue
    const dataset = await openDataset(surface, 'canonical', version.folder)
    const promotion = await readPromotion(surface, dataset)
    if (rawDatasetId !== undefined && promotion.raw_dataset_id !== rawDatasetId) continue
    found.push({ promotion, manifest: dataset.manifest })
  }
  // Keys put v10 before v2.
  const order = (a: PromotionRecord, b: PromotionRecord) =>
    a.dataset_id === b.dataset_id ? a.version - b.version : a.dataset_id < b.dataset_id ? -1 : 1
  return found.sort((a, b) => order(a.promotion, b.promotion))
}

type Claim = { readonly record: PromotionRecord; readonly bytes: number; readonly sha256: string }

async function claimVersion(
  surface: StorageSurface,
  parts: Omit<PromotionRecord, 'version'>,
): Promise<Claim> {
  const { dataset_id: dataset } = parts
  for (let rivals = 0; ; rivals++) {
    const record = { ...parts, version: (await lastVersion(surface, dataset)) + 1 }
    const text = `${canonicalJson(record)}\n`
    const key = `${dataset}/v${record.version}/${PROMOTION}`
    try {
      const receipt = await surface.put('canonical', key, new TextEncoder().encode(text))
      return { record, bytes: receipt.bytes, sha256: receipt.sha256 }
    } catch (cause) {
      if (codedOf(cause)?.code !== 'ESC_STORAGE_IMMUTABLE' || rivals >= MOST_RIVALS) throw cause
    }
  }
}

/** The highest number in use, also by a promotion that failed. */
async function lastVersion(surface: StorageSurface, dataset: string): Promise<number> {
  let last = 0
  for await (const { key } of surface.list('canonical', `${dataset}/`)) {
    const version = versionOf(key)
    if (version?.dataset === dataset) last = Math.max(last, version.version)
  }
  return last
}

async function readPromotion(
  surface: StorageSurface,
  { folder, manifest }: Dataset,
): Promise<PromotionRecord> {
  const key = `${folder}/${PROMOTION}`
  const refuse = (found: string) =>
    new CodedError('ESC_STORAGE_MANIFEST', { file: `canonical/${key}`, found })
  if (manifest.promotion === undefined) throw refuse('a manifest that names no promotion')
  const bytes = await surface.get('canonical', key, fingerprintIn(manifest.promotion))
  try {
    return promotionSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch (cause) {
    throw refuse(messageOf(cause))
  }
}

function checkId(datasetId: string): void {
  const probe = `${datasetId}/v1/${MANIFEST}`
  if (isKey(datasetId) && versionOf(probe)?.dataset === datasetId) return
  const needed = 'names like those of a key, none of which looks like a version'
  throw new CodedError('ESC_STORAGE_KEY', { field: 'dataset', found: datasetId, needed })
}

const promotionSchema = z.object({
  schema_version: z.literal(1),
  dataset_id: z.string(),
  version: z.number().int().min(1),
  raw_dataset_id: z.string(),
  raw_dataset_sha256: z.string(),
  cycle: z.string(),
  provenance: z.record(z.string(), z.unknown()),
})
