import { describe, expect, test } from 'vitest'
import { openDataset, publishDataset } from '../../../runtime/storage/datasets.ts'
import { promote, promotionHistory } from '../../../runtime/storage/promotion.ts'
import { Storage } from '../../../runtime/storage/storage.ts'
import {
  bytesOf,
  codeOf,
  keysIn,
  patterned,
  piecesOf,
  type StoreKind,
  textOf,
} from './store-under-test.ts'

const id = 'venue/feed/2026-01-01'
const file = (fileId: string, text: string) => ({ fileId, body: bytesOf(text) })

async function withRaw({ open }: StoreKind, datasetId = id) {
  const opened = await open()
  const storage = new Storage(opened.store)
  const raw = await publishDataset(storage.as('recording'), 'raw', {
    datasetId,
    files: [{ ...file('part-1', 'two'), more: { start_ts_ns: '7' } }, file('part-0', 'one')],
    more: { venue: 'venue', completeness: { status: 'complete' } },
  })
  return {
    ...opened,
    storage,
    raw,
    quality: storage.as('quality'),
    analysis: storage.as('analysis'),
  }
}

const promotion = (text: string, cycle: string) => ({
  datasetId: id,
  rawDatasetId: id,
  cycle,
  files: [file('rows.arrow', text)],
  provenance: { normalizer: 'n 1' },
})

export function datasetSuite(kind: StoreKind): void {
  describe('datasets', () => {
    test('are there with their manifest, which names every file and keeps what it was given', async () => {
      const { quality, raw } = await withRaw(kind)
      const found = await openDataset(quality, 'raw', id, raw.dataset_sha256)
      expect(found.manifest).toEqual(raw)
      expect(raw.files.map(({ file_id }) => file_id)).toEqual(['part-0', 'part-1'])
      expect(raw).toMatchObject({ class: 'raw', venue: 'venue', files: [{}, { start_ts_ns: '7' }] })
      expect(textOf(await found.get('part-1'))).toBe('two')
      expect(await codeOf(() => found.get('part-2'))).toBe('ESC_STORAGE_NOT_FOUND')
      const other = () => openDataset(quality, 'raw', id, '0'.repeat(64))
      expect(await codeOf(other)).toBe('ESC_STORAGE_CORRUPT')
      expect(await codeOf(() => openDataset(quality, 'raw', 'none'))).toBe('ESC_STORAGE_NOT_FOUND')
    })

    test('that were interrupted can be finished, with the same files', async () => {
      const { store } = await kind.open()
      const recording = new Storage(store).as('recording')
      const publish = (text: string, failing: boolean) => {
        const last = failing ? { fileId: 'b', body: piecesOf(patterned(9), 3, 1) } : file('b', 'b')
        const files = [file('a', text), last]
        return publishDataset(recording, 'raw', { datasetId: 'd', files, ifTaken: 'acceptSame' })
      }
      await expect(publish('a', true)).rejects.toThrow('the source failed')
      expect(await keysIn(store.list('raw/', ''))).toEqual(['raw/d/a'])
      expect(await codeOf(() => publish('else', false))).toBe('ESC_STORAGE_IMMUTABLE')
      const finished = await publish('a', false)
      expect(await publish('a', false)).toEqual(finished)
      expect(
        await codeOf(() => publishDataset(recording, 'raw', { datasetId: 'd', files: [] })),
      ).toBe('ESC_STORAGE_IMMUTABLE')
    })

    test('with equal files have one identity, whatever else their manifests say', async () => {
      const { storage, raw } = await withRaw(kind)
      const parts = { datasetId: 'copy', files: [file('part-0', 'one'), file('part-1', 'two')] }
      const copy = await publishDataset(storage.as('recording'), 'raw', parts)
      expect(copy.dataset_sha256).toBe(raw.dataset_sha256)
      expect(copy.manifest_sha256).not.toBe(raw.manifest_sha256)
    })

    test('a promoted version resolves to its bytes, also after the next one', async () => {
      const { quality, analysis } = await withRaw(kind)
      const first = await promote(quality, promotion('rows one', 'cycle-1'))
      const second = await promote(quality, promotion('rows two', 'cycle-2'))
      expect([first.manifest.version, second.manifest.version]).toEqual([1, 2])
      for (const [{ manifest }, text] of [
        [first, 'rows one'],
        [second, 'rows two'],
      ] as const) {
        const folder = `${id}/v${manifest.version}`
        const found = await openDataset(analysis, 'canonical', folder, manifest.dataset_sha256)
        expect(textOf(await found.get('rows.arrow'))).toBe(text)
      }
    })

    test('the same promotion made twice is two versions of one content, and neither changes', async () => {
      const { quality, store } = await withRaw(kind)
      const first = await promote(quality, promotion('rows', 'cycle-1'))
      const before = await keysIn(store.list('canonical/', ''))
      const again = await promote(quality, promotion('rows', 'cycle-1'))
      expect(again.manifest.version).toBe(2)
      expect(again.manifest.dataset_sha256).toBe(first.manifest.dataset_sha256)
      const after = await keysIn(store.list('canonical/', ''))
      expect(after.filter((key) => before.includes(key))).toEqual(before)
      const onto = () => quality.put('canonical', `${id}/v1/rows.arrow`, bytesOf('rows'))
      expect(await codeOf(onto)).toBe('ESC_STORAGE_IMMUTABLE')
    })

    test('the history tells version, raw source and cycle, forwards and back', async () => {
      const { quality, analysis, storage, raw } = await withRaw(kind)
      const more = { datasetId: 'other', files: [file('a', 'a')] }
      await publishDataset(storage.as('recording'), 'raw', more)
      for (let i = 1; i <= 11; i++) await promote(quality, promotion(`rows ${i}`, `cycle-${i}`))
      await promote(quality, {
        ...promotion('x', 'cycle-x'),
        datasetId: 'z',
        rawDatasetId: 'other',
      })
      const history = await promotionHistory(analysis)
      expect(history.map(({ promotion: p }) => `${p.dataset_id} v${p.version} ${p.cycle}`)).toEqual(
        [...Array.from({ length: 11 }, (_, i) => `${id} v${i + 1} cycle-${i + 1}`), 'z v1 cycle-x'],
      )
      expect(history[4]!.promotion).toMatchObject({
        raw_dataset_id: id,
        raw_dataset_sha256: raw.dataset_sha256,
        provenance: { normalizer: 'n 1' },
      })
      const made = await promotionHistory(quality, { rawDatasetId: 'other' })
      expect(made.map(({ manifest }) => manifest.dataset_id)).toEqual(['z'])
      expect(await promotionHistory(analysis, { prefix: 'zz' })).toEqual([])
    })

    test('a promotion that breaks off shows nothing, and its number is not used again', async () => {
      const { quality, analysis } = await withRaw(kind)
      const broken = [file('a', 'a'), { fileId: 'b', body: piecesOf(patterned(100), 10, 5) }]
      const attempt = promote(quality, { ...promotion('', 'cycle-1'), files: broken })
      await expect(attempt).rejects.toThrow('the source failed')
      expect(await promotionHistory(analysis)).toEqual([])
      expect(await codeOf(() => openDataset(analysis, 'canonical', `${id}/v1`))).toBe(
        'ESC_STORAGE_NOT_FOUND',
      )
      const { manifest } = await promote(quality, promotion('rows', 'cycle-2'))
      expect(manifest.version).toBe(2)
    })

    test('promotions at one moment get versions of their own', async (context) => {
      if (!kind.isCreateExact) return context.skip('this server does not keep If-None-Match')
      const { quality, reopen, analysis } = await withRaw(kind)
      const rival = new Storage(await reopen()).as('quality')
      const made = await Promise.all(
        [0, 1, 2, 3, 4].map((i) => promote(i % 2 ? rival : quality, promotion(`${i}`, `c-${i}`))),
      )
      const versions = made.map(({ manifest }) => manifest.version!)
      expect([...versions].sort()).toEqual([1, 2, 3, 4, 5])
      for (const [i, version] of versions.entries()) {
        const found = await openDataset(analysis, 'canonical', `${id}/v${version}`)
        expect(textOf(await found.get('rows.arrow'))).toBe(`${i}`)
      }
    })

    test('nothing is promoted from a raw dataset that is not there, or to a name like a version', async () => {
      const { quality, store } = await withRaw(kind)
      const wrong = (parts: object) =>
        codeOf(() => promote(quality, { ...promotion('x', 'c'), ...parts }))
      expect(await wrong({ rawDatasetId: 'none' })).toBe('ESC_STORAGE_NOT_FOUND')
      for (const datasetId of ['a/v1', 'v2', 'v1/a', '../a', '', 'a/']) {
        expect([datasetId, await wrong({ datasetId })]).toEqual([datasetId, 'ESC_STORAGE_KEY'])
      }
      expect(await keysIn(store.list('canonical/', ''))).toEqual([])
    })

    test('only Quality promotes', async () => {
      const { storage } = await withRaw(kind)
      for (const role of ['recording', 'backtesting', 'analysis', 'live', 'operations'] as const) {
        const code = await codeOf(() => promote(storage.as(role), promotion('x', 'c')))
        expect([role, code]).toEqual([role, 'ESC_STORAGE_FORBIDDEN'])
      }
    })

    test('a manifest that was copied elsewhere is refused', async () => {
      const { store, plant, quality, analysis } = await withRaw(kind)
      await promote(quality, promotion('rows', 'c'))
      let text = ''
      for await (const piece of store.read(`canonical/${id}/v1/manifest.json`))
        text += textOf(piece)
      for (const folder of [`${id}/v2`, 'elsewhere/v1']) {
        await plant(`canonical/${folder}/manifest.json`, text)
        const code = await codeOf(() => openDataset(analysis, 'canonical', folder))
        expect([folder, code]).toEqual([folder, 'ESC_STORAGE_MANIFEST'])
      }
    })
  })
}
