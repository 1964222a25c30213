import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../../runtime/canonical-json.ts'
import { readManifest, writeManifest } from '../../../runtime/storage/manifest.ts'
import { bytesOf, codeOf, textOf } from '../../kit/storage/store-under-test.ts'

/** Manifests as texts: one text for one manifest, and no other text that passes for it. */
const sha = (digit: string) => digit.repeat(64)
const files = [
  { file_id: 'b', size_bytes: 2, sha256: sha('b') },
  { file_id: 'a', size_bytes: 1, sha256: sha('a') },
]
const parts = { dataset_id: 'd', class: 'raw', files, references: ['derived/x'] } as const
const place = 'raw/d/manifest.json'
const reading = (text: string) => codeOf(() => readManifest(bytesOf(text), place))

describe('a manifest', () => {
  const text = textOf(
    writeManifest({ ...parts, ...{ venue: 'café', nested: { z: 1, a: [true, null] } } }),
  )

  test('is the same text whatever the order of its parts', () => {
    const turned = writeManifest({
      ...{ nested: { a: [true, null], z: 1 } },
      ...parts,
      files: [...files].reverse(),
      ...{ venue: 'café' },
    })
    expect(textOf(turned)).toBe(text)
    expect(readManifest(bytesOf(text), place)).toMatchObject({
      schema_version: 1,
      venue: 'café',
      files: [{ file_id: 'a' }, { file_id: 'b' }],
    })
  })

  test('does not pass when any byte of it is another', async () => {
    const bytes = bytesOf(text)
    const passed: string[] = []
    for (let at = 0; at < bytes.length - 1; at++) {
      for (const bit of [1, 4, 32]) {
        const changed = bytes.slice()
        changed[at]! ^= bit
        const code = await codeOf(() => readManifest(changed, place))
        if (code !== 'ESC_STORAGE_MANIFEST') passed.push(`${at} ${bit} ${code}`)
      }
    }
    expect(passed).toEqual([])
  })

  test('does not pass when it is cut off anywhere', async () => {
    for (let length = 0; length < text.length - 1; length++) {
      expect(await reading(text.slice(0, length))).toBe('ESC_STORAGE_MANIFEST')
    }
    expect(await reading(text)).toBe('done')
  })

  const invalid: readonly (readonly [string, object])[] = [
    ['a class that does not exist', { class: 'rawer' }],
    ['a file outside of its folder', { files: [{ ...files[0], file_id: '../b' }] }],
    ['an absolute file', { files: [{ ...files[0], file_id: '/b' }] }],
    ['the same file twice', { files: [files[0], files[0]] }],
    ['a negative size', { files: [{ ...files[0], size_bytes: -1 }] }],
    ['a hash that is none', { files: [{ ...files[0], sha256: 'B'.repeat(64) }] }],
    ['a reference out of Storage', { references: ['etc/passwd'] }],
    ['a reference upwards', { references: ['raw/../etc'] }],
    ['a version 0', { version: 0 }],
  ]
  test.each(invalid)('with %s is refused, though its own hash is right', async (_, wrong) => {
    const bytes = writeManifest({ ...parts, ...wrong } as never)
    expect(await codeOf(() => readManifest(bytes, place))).toBe('ESC_STORAGE_MANIFEST')
  })

  test('of an unknown version is refused, and the error names the file', () => {
    const other = text.replace('"schema_version":1', '"schema_version":2')
    expect(() => readManifest(bytesOf(other), place)).toThrow(`${place}, schema_version`)
  })
})

describe('canonical JSON', () => {
  test.each([
    [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
    [{ a: undefined, b: null }, '{"b":null}'],
    [[3, [], {}], '[3,[],{}]'],
    [{ 10: 1, 9: 2, a: 3, B: 4 }, '{"10":1,"9":2,"B":4,"a":3}'],
    [{ '\u20ac': 1, '\ud83d\ude00': 2, '\ufb33': 3 }, '{"\u20ac":1,"\ud83d\ude00":2,"\ufb33":3}'],
    [1e21, '1e+21'],
    [-0, '0'],
    ['\u0007"\\', '"\\u0007\\"\\\\"'],
  ])('of %j is %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('of %s does not exist', (value) => {
    expect(() => canonicalJson({ value })).toThrow('has no JSON')
  })
})
