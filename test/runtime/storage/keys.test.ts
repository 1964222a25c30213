import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { storageClasses, storageFolders } from '../../../runtime/storage/classes.ts'
import { isKey, keyAt, placeOf, placesUnder } from '../../../runtime/storage/keys.ts'
import { versionOf } from '../../../runtime/storage/layout.ts'

/** Keys and the places that they stand for: no text reaches out of its class. */
const anyText = fc.oneof(
  fc.string(),
  fc.stringMatching(/^[A-Za-z0-9._/-]{0,20}$/),
  fc
    .array(fc.constantFrom('a', '.', '..', '', 'v1', 'raw', 'b.c'), { maxLength: 5 })
    .map((names) => names.join('/')),
)
const anyClass = fc.constantFrom(...storageClasses)

describe('a key', () => {
  property.prop([anyClass, anyText])(
    'that is taken lies in its class, and tells itself',
    (of, key) => {
      if (!isKey(key)) {
        expect(() => placeOf(of, key)).toThrow('ESC_STORAGE_KEY')
        return
      }
      const place = placeOf(of, key)
      expect(new URL(place, 'file:///root/').pathname).toBe(`/root/${place}`)
      expect(keyAt(of, place)).toBe(key)
      for (const other of storageClasses) if (other !== of) expect(keyAt(other, place)).toBeNull()
    },
  )

  property.prop([anyClass, anyText])(
    'begins as its prefixes do, which stay in the class',
    (of, prefix) => {
      let places: string
      try {
        places = placesUnder(of, prefix)
      } catch {
        expect(isKey(prefix)).toBe(false)
        return
      }
      expect(places.startsWith(`${storageFolders[of]}/`)).toBe(true)
      expect(places).not.toMatch(/\/\/|(^|\/)\.\.?(\/|$)/)
    },
  )
})

test('folders of classes do not begin with each other', () => {
  const folders = storageClasses.map((of) => `${storageFolders[of]}/`)
  for (const a of folders) expect(folders.filter((b) => b.startsWith(a))).toEqual([a])
})

test.each([
  ['d/v1/f', { dataset: 'd', version: 1, folder: 'd/v1' }],
  ['a/b/v12/c/v3/f', { dataset: 'a/b', version: 12, folder: 'a/b/v12' }],
  ['v1/f', null],
  ['d/v1', null],
  ['d/v0/f', null],
  ['d/v01/f', null],
  ['d/v1x/f', null],
  ['d/v9999999999/f', null],
])('the version of %s is %j', (key, version) => {
  expect(versionOf(key)).toEqual(version)
})
