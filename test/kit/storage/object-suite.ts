import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
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

const wrongKeys = [
  '',
  '/',
  '/a',
  'a/',
  'a//b',
  '.',
  '..',
  '../raw/a',
  'a/../b',
  'a/./b',
  'a/..b',
  'a\\b',
  'a b',
  'a\0b',
  'a\nb',
  'ä',
  '%2e%2e/a',
  'a:b',
  '~/a',
  'x'.repeat(201),
  Array.from({ length: 400 }, () => 'x').join('/'),
]

export function objectSuite({ open, isCreateExact, isOrderExact, manyObjects }: StoreKind): void {
  describe('objects', () => {
    test.each([0, 1, 300_000, 9 * 1024 * 1024 + 7])(
      '%i bytes come back as they were put, whole and in pieces',
      async (length) => {
        const { store, reopen } = await open()
        const bytes = patterned(length)
        const sha256 = createHash('sha256').update(bytes).digest('hex')
        const whole = await new Storage(store).as('quality').put('staging', 'a/whole', bytes)
        expect(whole).toEqual({ key: 'a/whole', bytes: length, sha256 })
        const pieces = piecesOf(bytes, 70_001)
        expect(await new Storage(store).as('quality').put('staging', 'a/pieces', pieces)).toEqual({
          key: 'a/pieces',
          bytes: length,
          sha256,
        })
        const later = new Storage(await reopen()).as('quality')
        expect(Buffer.from(await later.get('staging', 'a/whole', whole)).equals(bytes)).toBe(true)
        expect(Buffer.from(await later.get('staging', 'a/pieces', whole)).equals(bytes)).toBe(true)
        expect((await later.stat('staging', 'a/whole'))?.bytes).toBe(length)
      },
    )

    test('a class that is not written once holds the last put, and none after a delete', async () => {
      const quality = new Storage((await open()).store).as('quality')
      await quality.put('quarantine', 'd/a', bytesOf('old'))
      await quality.put('quarantine', 'd/a', bytesOf('new'))
      expect(textOf(await quality.get('quarantine', 'd/a'))).toBe('new')
      await quality.delete('quarantine', 'd/a')
      await quality.delete('quarantine', 'd/a')
      expect(await quality.stat('quarantine', 'd/a')).toBeNull()
      expect(await codeOf(() => quality.get('quarantine', 'd/a'))).toBe('ESC_STORAGE_NOT_FOUND')
    })

    test('a failing source leaves what was there, and its own words', async () => {
      const quality = new Storage((await open()).store).as('quality')
      await quality.put('staging', 'a', bytesOf('old'))
      for (const [key, pieces] of [
        ['a', 2],
        ['b', 0],
        ['c', 9],
      ] as const) {
        const body = piecesOf(patterned(10 * 1024 * 1024), 1024 * 1024, pieces)
        await expect(quality.put('staging', key, body)).rejects.toThrow('the source failed')
      }
      expect(textOf(await quality.get('staging', 'a'))).toBe('old')
      expect(await keysIn(quality.list('staging'))).toEqual(['a'])
    })

    test.each(wrongKeys.map((key) => [key.slice(0, 20), key]))(
      'the key %j is refused by every operation',
      async (_, key) => {
        const { store } = await open()
        const quality = new Storage(store).as('quality')
        const works = [
          () => quality.put('staging', key, bytesOf('x')),
          () => quality.get('staging', key),
          () => quality.open('staging', key),
          () => quality.stat('staging', key),
          () => quality.delete('staging', key),
          () => quality.list('staging', '', key === '' ? '/' : key),
          () => quality.list('staging', key === '' || key === 'a/' ? '/' : key),
        ]
        const codes = await Promise.all(works.map(codeOf))
        expect(codes).toEqual(works.map(() => 'ESC_STORAGE_KEY'))
        expect(await keysIn(store.list('', ''))).toEqual([])
      },
    )
  })

  describe('what is written once', () => {
    test('is not replaced; the first bytes stay', async () => {
      const storage = new Storage((await open()).store)
      const recording = storage.as('recording')
      await recording.put('raw', 'v/f/w/part-0', bytesOf('first'))
      for (const text of ['second', 'first']) {
        const again = () => recording.put('raw', 'v/f/w/part-0', bytesOf(text))
        expect(await codeOf(again)).toBe('ESC_STORAGE_IMMUTABLE')
      }
      expect(textOf(await storage.as('quality').get('raw', 'v/f/w/part-0'))).toBe('first')
    })

    test('may be put again by who tries again, if it is the same', async () => {
      const recording = new Storage((await open()).store).as('recording')
      const first = await recording.put('raw', 'a', bytesOf('same'))
      const options = { ifTaken: 'acceptSame' } as const
      expect(await recording.put('raw', 'a', bytesOf('same'), options)).toEqual(first)
      const other = () => recording.put('raw', 'a', bytesOf('else'), options)
      expect(await codeOf(other)).toBe('ESC_STORAGE_IMMUTABLE')
    })

    test('has one winner when eight writers of two processes begin together', async (context) => {
      if (!isCreateExact) return context.skip('this server does not keep If-None-Match')
      const { store, reopen } = await open()
      const handles = [store, await reopen()].map((each) => new Storage(each).as('live'))
      const writers = Array.from({ length: 8 }, (_, i) => i)
      const codes = await Promise.all(
        writers.map((i) =>
          codeOf(() => handles[i % 2]!.put('executionRecord', 'run/log', patterned(50_000, i))),
        ),
      )
      const winners = writers.filter((i) => codes[i] === 'done')
      expect(winners).toHaveLength(1)
      expect(codes.filter((code) => code === 'ESC_STORAGE_IMMUTABLE')).toHaveLength(7)
      const held = await new Storage(store).as('analysis').get('executionRecord', 'run/log')
      expect(Buffer.from(held).equals(patterned(50_000, winners[0]))).toBe(true)
    })

    test('and canonical takes keys of a version only, and none once it is promoted', async () => {
      const quality = new Storage((await open()).store).as('quality')
      const put = (key: string) => codeOf(() => quality.put('canonical', key, bytesOf('x')))
      for (const key of ['a', 'a/b', 'v1/a', 'a/v0/b', 'a/v1', 'a/v01/b', 'a/V1/b']) {
        expect([key, await put(key)]).toEqual([key, 'ESC_STORAGE_KEY'])
      }
      expect(await put('a/v1/b')).toBe('done')
      expect(await put('a/v1/manifest.json')).toBe('done')
      expect(await put('a/v1/c')).toBe('ESC_STORAGE_IMMUTABLE')
      expect(await put('a/v2/c')).toBe('done')
    })
  })

  describe('listing', () => {
    const keys = [
      'a',
      'a-b/c',
      'a.b',
      'b/a',
      'b/a-a',
      'b/a/b',
      'b/aa',
      'b/b/b/b',
      'b0',
      'B',
      '0',
      '_',
      '.h',
    ]
    const sorted = keys
      .filter((key) => key !== 'b/a')
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

    test('is in byte order, by any prefix, and goes on after any key', async () => {
      const { store } = await open()
      const quality = new Storage(store).as('quality')
      await Promise.all(sorted.map((key) => quality.put('staging', key, bytesOf(key))))
      if (!isOrderExact) {
        const all = () => keysIn(quality.list('staging'))
        return expect(await codeOf(all)).toBe('ESC_STORAGE_UNAVAILABLE')
      }
      for (const prefix of ['', 'a', 'a.', 'b', 'b/', 'b/a', 'b/a/', 'b/b/b', 'x']) {
        const expected = sorted.filter((key) => key.startsWith(prefix))
        expect(await keysIn(quality.list('staging', prefix))).toEqual(expected)
      }
      for (const after of [...sorted, 'b/', 'b/a/a', 'zz'].filter((key) => !key.endsWith('/'))) {
        const expected = sorted.filter((key) => key > after)
        expect(await keysIn(quality.list('staging', '', after))).toEqual(expected)
      }
    })

    test('of a class holds nothing of another, however it is called', async () => {
      const { store, plant, canPlant } = await open()
      const places = [
        'canonical/d/v1/mine',
        'canonical-old/d/v1/x',
        'canonical.d/v1/x',
        'canonicald/v1/x',
        'canonical',
        'canonical/../raw/x',
        'canonical/d/v1/../../../raw/x',
        'canonical//x',
        'canonical/d/v1/with blank',
        'raw/canonical/d/v1/x',
        'quarantine/canonical/x',
        'staging/canonical/x',
        'Canonical/d/v1/x',
      ].filter(canPlant)
      for (const place of places) await plant(place, 'x')
      const analysis = new Storage(store).as('analysis')
      expect(await keysIn(analysis.list('canonical'))).toEqual(['d/v1/mine'])
      expect(places.length).toBeGreaterThan(8)
      for (const prefix of ['../', '..', '/', 'd/../', '-old/']) {
        const code = await codeOf(async () => keysIn(analysis.list('canonical', prefix)))
        if (prefix === '-old/') expect(code).toBe('done')
        else expect(code).toBe('ESC_STORAGE_KEY')
      }
      expect(await keysIn(analysis.list('canonical', '-old/'))).toEqual([])
    })

    test(`follows every page: ${manyObjects} manifests are all there, in order, each once`, async () => {
      const { store, plant } = await open()
      const name = (i: number) => `v/f/${String(i).padStart(4, '0')}/manifest.json`
      const expected = Array.from({ length: manyObjects }, (_, i) => name(i))
      // From both ends at once, so that the order of writing is not the order of listing.
      for (let at = 0; at < expected.length; at += 50) {
        const batch = expected.slice(at, at + 50).reverse()
        await Promise.all(batch.map((key) => plant(`raw/${key}`, key)))
      }
      const quality = new Storage(store).as('quality')
      expect(await keysIn(quality.list('raw'))).toEqual(expected)
      expect(await keysIn(quality.list('raw', 'v/f/', name(999)))).toEqual(expected.slice(1_000))
    })
  })
}
