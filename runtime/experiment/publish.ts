import { createHash } from 'node:crypto'
import { z } from 'zod'
import { jsonBytes, type ResultStore } from './result-store.ts'

/** Last of a published folder. A folder without it holds nothing that counts. */
const DONE = '_DONE'
const MANIFEST = 'manifest.json'

export type Artifact = { readonly name: string; readonly size: number; readonly sha256: string }

const manifestSchema = z.looseObject({
  artifacts: z.array(z.object({ name: z.string(), size: z.number(), sha256: z.string() })),
})
export type Manifest = z.output<typeof manifestSchema>

/**
 * Publishes a folder: its files, then a manifest with size and SHA-256 of each, then the mark, which
 * holds the SHA-256 of the manifest. So the mark vouches for every byte, and nothing before it does.
 */
export async function publish(
  store: ResultStore,
  folder: string,
  files: Readonly<Record<string, Uint8Array>>,
  about: object,
  isDurable = false,
): Promise<void> {
  const artifacts: Artifact[] = []
  for (const [name, bytes] of Object.entries(files)) {
    await store.write(`${folder}/${name}`, bytes, isDurable)
    artifacts.push({ name, size: bytes.length, sha256: sha256(bytes) })
  }
  const manifest = jsonBytes({ ...about, artifacts })
  await store.write(`${folder}/${MANIFEST}`, manifest, isDurable)
  const mark = new TextEncoder().encode(`${sha256(manifest)}\n`)
  await store.write(`${folder}/${DONE}`, mark, isDurable)
}

/** Takes the mark away, so that nothing below it counts until it is published again. */
export const unpublish = (store: ResultStore, folder: string): Promise<void> =>
  store.remove(`${folder}/${DONE}`)

/** The manifest of a folder whose mark vouches for it; null where there is none, or a torn one. */
export async function publishedManifest(
  store: ResultStore,
  folder: string,
): Promise<Manifest | null> {
  const mark = await store.read(`${folder}/${DONE}`)
  if (mark === null) return null
  const bytes = await store.read(`${folder}/${MANIFEST}`)
  if (bytes === null || sha256(bytes) !== new TextDecoder().decode(mark).trim()) return null
  return manifestSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
}

/** A file that the manifest of its folder names, held against its hash; null where it differs. */
export async function publishedFile(
  store: ResultStore,
  folder: string,
  { artifacts }: Manifest,
  name: string,
): Promise<Uint8Array | null> {
  const artifact = artifacts.find((one) => one.name === name)
  const bytes = artifact === undefined ? null : await store.read(`${folder}/${name}`)
  return bytes !== null && sha256(bytes) === artifact!.sha256 ? bytes : null
}

/** Whether every file that a published folder names is there and unchanged. */
export async function isComplete(store: ResultStore, folder: string): Promise<boolean> {
  const manifest = await publishedManifest(store, folder)
  if (manifest === null) return false
  for (const { name } of manifest.artifacts) {
    if ((await publishedFile(store, folder, manifest, name)) === null) return false
  }
  return true
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
