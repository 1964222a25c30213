import { describe, expect, test } from 'vitest'
import { openDataset, publishDataset } from '../../../runtime/storage/datasets.ts'
import { promote } from '../../../runtime/storage/promotion.ts'
import { applyRetention, type RetentionRequest } from '../../../runtime/storage/retention.ts'
import { scrubStorage } from '../../../runtime/storage/scrub.ts'
import { Storage } from '../../../runtime/storage/storage.ts'
import { bytesOf, codeOf, drained, keysIn, patterned, type StoreKind } from './store-under-test.ts'

const file = (fileId: string, text: string) => ({ fileId, body: bytesOf(text) })
/** Later than anything that is stored now, by any clock of a store. */
const TOMORROW = Date.now() + 86_400_000
const old = (request: Partial<RetentionRequest>) =>
  ({ class: 'derived', unchangedSinceMs: TOMORROW, ...request }) as const

async function filled({ open }: StoreKind) {
  const opened = await open()
  const storage = new Storage(opened.store)
  const recording = storage.as('recording')
  const files = [file('part-0', 'one'), { fileId: 'part-1', body: patterned(100_000) }]
  await publishDataset(recording, 'raw', { datasetId: 'used', files })
  await publishDataset(recording, 'raw', { datasetId: 'unused', files })
  await promote(storage.as('quality'), {
    datasetId: 'd',
    rawDatasetId: 'used',
    cycle: 'c',
    files: [file('rows', 'rows'), file('more/rows', 'more')],
  })
  return { ...opened, storage }
}

export function maintenanceSuite(kind: StoreKind): void {
  describe('scrub', () => {
    test('finds nothing where all is whole, and says what it cannot judge', async () => {
      const { store, plant } = await filled(kind)
      await plant('raw/loose', 'nobody vouches for it')
      expect(await scrubStorage(store, 'raw')).toEqual({
        class: 'raw',
        manifests: 2,
        checked: 4,
        bytes: 200_006,
        unlisted: 1,
        findings: [],
      })
      expect(await scrubStorage(store, 'canonical')).toMatchObject({
        checked: 3,
        unlisted: 0,
        findings: [],
      })
      expect(await scrubStorage(store, 'derived')).toMatchObject({ manifests: 0, findings: [] })
    })

    test('finds what is missing, changed, cut off or no manifest, and nothing beside', async () => {
      const { store, plant } = await filled(kind)
      const changed = patterned(100_000)
      changed[77_777]! ^= 1
      await plant('raw/used/part-1', changed)
      await plant('raw/used/part-0', 'on')
      await store.remove('raw/unused/part-0')
      await plant('canonical/d/v1/promotion.json', '{}')
      await plant('derived/x/manifest.json', '{"schema_version":2}')
      const problems = async (of: 'raw' | 'canonical' | 'derived') =>
        (await scrubStorage(store, of)).findings.map(({ key, problem }) => `${problem} ${key}`)
      expect(await problems('raw')).toEqual([
        'missing unused/part-0',
        'corrupt used/part-0',
        'corrupt used/part-1',
      ])
      expect(await problems('canonical')).toEqual(['corrupt d/v1/promotion.json'])
      expect(await problems('derived')).toEqual(['corrupt x/manifest.json'])
    })

    test('and a verified read finds the same', async () => {
      const { storage, plant } = await filled(kind)
      const quality = storage.as('quality')
      const dataset = await openDataset(quality, 'raw', 'used')
      const changed = patterned(100_000)
      changed[99_999]! ^= 128
      await plant('raw/used/part-1', changed)
      expect(await codeOf(() => dataset.get('part-1'))).toBe('ESC_STORAGE_CORRUPT')
      expect(await codeOf(() => dataset.get('part-0'))).toBe('done')
      await plant('raw/used/part-1', changed.subarray(0, 99_999))
      const pieces = () => drained(dataset.open('part-1'))
      expect(await codeOf(pieces)).toBe('ESC_STORAGE_CORRUPT')
      await plant('raw/used/part-1', patterned(100_000))
      expect(await pieces()).toBe(100_000)
    })
  })

  describe('retention', () => {
    test('removes old datasets and loose objects, manifests first, and keeps what is new', async () => {
      const { store, storage } = await filled(kind)
      const analysis = storage.as('analysis')
      await publishDataset(analysis, 'derived', {
        datasetId: 'a',
        files: [file('z', 'z'), file('b', 'b')],
      })
      await analysis.put('derived', 'loose', bytesOf('x'))
      const before = await keysIn(store.list('derived/', ''))
      expect((await applyRetention(store, old({ unchangedSinceMs: 1 }))).removed).toEqual([])
      const expected = { removed: ['a/manifest.json', 'a/b', 'a/z', 'loose'], kept: [] }
      expect(await applyRetention(store, old({ isDryRun: true }))).toMatchObject(expected)
      expect(await keysIn(store.list('derived/', ''))).toEqual(before)
      expect((await applyRetention(store, old({ prefix: 'l' }))).removed).toEqual(['loose'])
      expect((await applyRetention(store, old({}))).removed).toEqual(expected.removed.slice(0, 3))
      expect(await keysIn(store.list('derived/', ''))).toEqual([])
    })

    test('refuses Canonical, and what a canonical version was made from', async () => {
      const { store } = await filled(kind)
      expect(await codeOf(() => applyRetention(store, old({ class: 'canonical' })))).toBe(
        'ESC_STORAGE_IMMUTABLE',
      )
      const { removed, kept } = await applyRetention(store, old({ class: 'raw' }))
      expect(removed).toEqual(['unused/manifest.json', 'unused/part-0', 'unused/part-1'])
      const because = 'canonical/d/v1/manifest.json'
      expect(kept).toEqual(
        ['manifest.json', 'part-0', 'part-1'].map((name) => ({ key: `used/${name}`, because })),
      )
      expect(await keysIn(store.list('canonical/', ''))).toHaveLength(4)
    })

    test('follows references as far as they go, into a dataset and to a single object', async () => {
      const { store, storage } = await filled(kind)
      const analysis = storage.as('analysis')
      const put = (datasetId: string, references: readonly string[]) =>
        publishDataset(analysis, 'derived', {
          datasetId,
          files: [file('f', datasetId)],
          references,
        })
      await put('a', [])
      await put('b', ['derived/a/f'])
      await put('c', ['derived/b'])
      await put('lonely', ['derived/lonely-too'])
      await put('lonely-too', ['derived/lonely'])
      await analysis.put('derived', 'single', bytesOf('x'))
      await analysis.put('derived', 'single-not', bytesOf('x'))
      await publishDataset(storage.as('backtesting'), 'experiment', {
        datasetId: 'e',
        files: [],
        references: ['derived/c', 'derived/single'],
      })
      const { removed, kept } = await applyRetention(store, old({}))
      expect([...removed].sort()).toEqual(
        [
          'lonely/manifest.json',
          'lonely/f',
          'lonely-too/manifest.json',
          'lonely-too/f',
          'single-not',
        ].sort(),
      )
      expect(Object.fromEntries(kept.map(({ key, because }) => [key, because]))).toMatchObject({
        'a/f': 'derived/b/manifest.json',
        'b/f': 'derived/c/manifest.json',
        'c/f': 'experiments/e/manifest.json',
        single: 'experiments/e/manifest.json',
      })
    })

    test('does nothing where a manifest cannot be read', async () => {
      const { store, plant } = await filled(kind)
      await plant('experiments/e/manifest.json', '{')
      expect(await codeOf(() => applyRetention(store, old({ class: 'raw' })))).toBe(
        'ESC_STORAGE_MANIFEST',
      )
      expect(await keysIn(store.list('raw/', ''))).toHaveLength(6)
    })
  })

  describe('health', () => {
    test('counts what was asked and how it ended, and how much each class holds', async () => {
      const { store } = await kind.open()
      const storage = new Storage(store)
      const quality = storage.as('quality')
      await quality.put('staging', 'a', bytesOf('12345'))
      await quality.put('staging', 'b/c', bytesOf('123'))
      await quality.get('staging', 'a')
      await codeOf(() => quality.get('staging', 'none'))
      await quality.delete('staging', 'a')
      const { reads, writes, removals, bytesRead, bytesWritten, isAvailable } = storage.health()
      expect({ reads, writes, removals }).toEqual({
        reads: { ok: 2, failed: 0 },
        writes: { ok: 2, failed: 0 },
        removals: { ok: 1, failed: 0 },
      })
      expect({ bytesRead, bytesWritten, isAvailable }).toEqual({
        bytesRead: 5,
        bytesWritten: 8,
        isAvailable: true,
      })
      const usage = await storage.usage()
      expect(usage.staging).toEqual({ objects: 1, bytes: 3 })
      expect(usage.raw).toEqual({ objects: 0, bytes: 0 })
    })
  })
}
