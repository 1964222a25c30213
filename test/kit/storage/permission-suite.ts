import { describe, expect, test } from 'vitest'
import type { StorageAccess } from '../../../runtime/storage/classes.ts'
import { Storage } from '../../../runtime/storage/storage.ts'
import type { StorageSurface } from '../../../runtime/storage/surface.ts'
import { type Asked, everyAccess } from './matrix.ts'
import { bytesOf, codeOf, keysIn, type StoreKind, textOf } from './store-under-test.ts'

/** A key that the class takes, of an object that is there or is not. */
const keyIn = ({ of, role }: Asked, name: string): string => {
  if (of === 'canonical') return `${role}/v1/${name}`
  return of === 'experiment' ? `${role}/analysis/${name}` : `${role}/${name}`
}

function attempt(surface: StorageSurface, asked: Asked): Promise<string> {
  const { of, operation } = asked
  return codeOf(() => {
    if (operation === 'put') return surface.put(of, keyIn(asked, 'new'), bytesOf('new'))
    if (operation === 'get') return surface.get(of, keyIn(asked, 'there'))
    if (operation === 'list') return keysIn(surface.list(of))
    return surface.delete(of, keyIn(asked, 'there'))
  })
}

export function permissionSuite({ open }: StoreKind): void {
  describe('permissions', () => {
    test('every role can do in every class what the matrix says, and nothing else', async () => {
      const { store, plant } = await open()
      const audit: StorageAccess[] = []
      const storage = new Storage(store, { audit: (access) => audit.push(access) })
      for (const asked of everyAccess) {
        const folder = { experiment: 'experiments', executionRecord: 'execution-records' }
        const under = (folder as Record<string, string>)[asked.of] ?? asked.of
        const place = `${under}/${keyIn(asked, 'there')}`
        await plant(place, 'there')
        const code = await attempt(storage.as(asked.role), asked)
        const expected = asked.isAllowed ? 'done' : 'ESC_STORAGE_FORBIDDEN'
        const { operation, isAllowed } = asked
        // What was done can be seen, and what was refused was not done all the same.
        const isThere = (await store.stat(place)) !== null
        const isPut = (await store.stat(place.replace(/there$/, 'new'))) !== null
        const seen = { code, isThere, isPut }
        const needed = {
          code: expected,
          isThere: !(isAllowed && operation === 'delete'),
          isPut: isAllowed && operation === 'put',
        }
        expect([asked, seen]).toEqual([asked, needed])
        if (isPut) await store.remove(place.replace(/there$/, 'new'))
      }
      expect(everyAccess).toHaveLength(196)
      expect(
        audit.map(({ role, class: of, operation, isAllowed }) => ({
          role,
          of,
          operation,
          isAllowed,
        })),
      ).toEqual(everyAccess)
    })

    test('stat goes with list', async () => {
      const storage = new Storage((await open()).store)
      expect(await codeOf(() => storage.as('operations').stat('raw', 'a'))).toBe('done')
      expect(await codeOf(() => storage.as('live').stat('raw', 'a'))).toBe('ESC_STORAGE_FORBIDDEN')
    })

    test('Analysis writes below analysis/ of an experiment and nowhere else in it', async () => {
      const analysis = new Storage((await open()).store).as('analysis')
      const put = (key: string) => codeOf(() => analysis.put('experiment', key, bytesOf('x')))
      expect(await put('e1/analysis/a')).toBe('done')
      for (const key of [
        'a',
        'e1/a',
        'analysis/a',
        'e1/analysis',
        'e1/x/analysis/a',
        'e1/analysis-2/a',
      ]) {
        expect([key, await put(key)]).toEqual([key, 'ESC_STORAGE_FORBIDDEN'])
      }
      expect(await put('e1/analysis/../a')).toBe('ESC_STORAGE_KEY')
    })

    test('manifests can be read by who sees the names, and by nobody else', async () => {
      const { store, plant } = await open()
      await plant('raw/d/manifest.json', 'm')
      const storage = new Storage(store)
      const get = (role: 'operations' | 'analysis') =>
        codeOf(() => storage.as(role).get('raw', 'd/manifest.json'))
      expect(await get('operations')).toBe('done')
      expect(await get('analysis')).toBe('ESC_STORAGE_FORBIDDEN')
    })

    test('Live reads Canonical until its warm-up ends, and its own records never', async () => {
      const { store, plant } = await open()
      await plant('canonical/d/v1/a', 'warm')
      const live = new Storage(store).as('live')
      expect(textOf(await live.get('canonical', 'd/v1/a'))).toBe('warm')
      live.endWarmUp()
      expect(await codeOf(() => live.get('canonical', 'd/v1/a'))).toBe('ESC_STORAGE_FORBIDDEN')
      expect(await codeOf(() => keysIn(live.list('canonical')))).toBe('ESC_STORAGE_FORBIDDEN')
      expect(await codeOf(() => live.put('executionRecord', 's/a', bytesOf('x')))).toBe('done')
      expect(await codeOf(() => live.get('executionRecord', 's/a'))).toBe('ESC_STORAGE_FORBIDDEN')
    })

    test('diagnostic needs somebody who is told', async () => {
      const { store } = await open()
      expect(await codeOf(() => new Storage(store).as('diagnostic'))).toBe('ESC_STORAGE_FORBIDDEN')
      expect(
        await codeOf(() => new Storage(store, { audit: () => undefined }).as('diagnostic')),
      ).toBe('done')
    })
  })
}
