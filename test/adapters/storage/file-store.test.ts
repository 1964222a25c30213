import {
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openFileStore } from '../../../adapters/storage/file-store.ts'
import { Storage } from '../../../runtime/storage/storage.ts'
import { folderWith } from '../../kit/cli.ts'
import { fileKind, openFolder } from '../../kit/storage/file-kind.ts'
import { bytesOf, codeOf, keysIn, textOf } from '../../kit/storage/store-under-test.ts'
import { storageSuite } from '../../kit/storage-suite.ts'

/** What Storage promises, on a file system; and what only a file system can do wrong. */
storageSuite(fileKind)

describe('a folder as storage', () => {
  test('has to be there, unless it is to be made', async () => {
    const root = join(folderWith({ file: '' }), 'new/deep')
    expect(await codeOf(() => openFileStore(root))).toBe('ESC_STORAGE_ACCESS')
    expect(existsSync(root)).toBe(false)
    expect(await codeOf(() => openFileStore(root, { create: true }))).toBe('done')
    expect(existsSync(root)).toBe(true)
    const file = join(root, '../../file')
    expect(await codeOf(() => openFileStore(file))).toBe('ESC_STORAGE_ACCESS')
  })

  test('that is gone is unavailable, not empty', async () => {
    const { root, store } = await openFolder()
    const { rmSync } = await import('node:fs')
    rmSync(root, { recursive: true })
    const storage = new Storage(store)
    const quality = storage.as('quality')
    const works = [
      () => keysIn(quality.list('raw')),
      () => quality.put('staging', 'a', bytesOf('x')),
    ]
    for (const work of works) expect(await codeOf(work)).toBe('ESC_STORAGE_UNAVAILABLE')
    expect(storage.health()).toMatchObject({
      isAvailable: false,
      lastFailure: expect.stringContaining('ENOENT'),
      listings: { failed: 1 },
      writes: { failed: 1 },
    })
  })

  test('is read and written through no link', async () => {
    const { root, store } = await openFolder()
    const outside = folderWith({ 'secret/a': 'secret' })
    mkdirSync(join(root, 'staging'))
    mkdirSync(join(root, 'raw'))
    writeFileSync(join(root, 'raw/mine'), 'raw')
    symlinkSync(join(outside, 'secret'), join(root, 'staging/folder'))
    symlinkSync(join(outside, 'secret/a'), join(root, 'staging/file'))
    symlinkSync('../raw/mine', join(root, 'staging/inside'))
    symlinkSync(join(outside, 'secret'), join(root, 'canonical'))
    const storage = new Storage(store)
    const quality = storage.as('quality')
    const put = (key: string) => quality.put('staging', key, bytesOf('x'))
    expect(await codeOf(() => quality.get('staging', 'folder/a'))).toBe('ESC_STORAGE_KEY')
    expect(await codeOf(() => quality.stat('staging', 'folder/a'))).toBe('ESC_STORAGE_KEY')
    expect(await codeOf(() => quality.delete('staging', 'folder/a'))).toBe('ESC_STORAGE_KEY')
    expect(await codeOf(() => put('folder/b'))).toBe('ESC_STORAGE_KEY')
    expect(await codeOf(() => put('folder/deep/b'))).toBe('ESC_STORAGE_KEY')
    for (const key of ['file', 'inside']) {
      expect(await codeOf(() => quality.get('staging', key))).toBe('ESC_STORAGE_NOT_FOUND')
    }
    expect(await keysIn(quality.list('staging'))).toEqual([])
    expect(await keysIn(storage.as('analysis').list('canonical'))).toEqual([])
    // A link in place of an object is replaced, not written through.
    await put('file')
    await put('inside')
    expect(textOf(readFileSync(join(outside, 'secret/a')))).toBe('secret')
    expect(textOf(readFileSync(join(root, 'raw/mine')))).toBe('raw')
    expect(existsSync(join(outside, 'secret/b')) || existsSync(join(outside, 'secret/deep'))).toBe(
      false,
    )
  })

  test('may be reached through a link itself', async () => {
    const { root } = await openFolder()
    const link = join(folderWith(), 'link')
    symlinkSync(root, link)
    const quality = new Storage(await openFileStore(link)).as('quality')
    await quality.put('staging', 'a', bytesOf('x'))
    expect(existsSync(join(root, 'staging/a'))).toBe(true)
  })

  test('holds no object below another', async () => {
    const quality = new Storage((await openFolder()).store).as('quality')
    await quality.put('staging', 'a/b', bytesOf('x'))
    expect(await codeOf(() => quality.put('staging', 'a/b/c', bytesOf('x')))).toBe(
      'ESC_STORAGE_KEY',
    )
    expect(await codeOf(() => quality.put('staging', 'a', bytesOf('x')))).toBe('ESC_STORAGE_KEY')
    expect(await codeOf(() => quality.get('staging', 'a/b/c'))).toBe('ESC_STORAGE_NOT_FOUND')
    expect(await keysIn(quality.list('staging'))).toEqual(['a/b'])
  })

  test('loses the temporary files of dead writers when asked to, and no younger ones', async () => {
    const { root, store, plant } = await openFolder()
    await plant('.tmp/old', 'x')
    await plant('.tmp/young', 'x')
    utimesSync(join(root, '.tmp/old'), 1, 1)
    expect(await store.removeLeftovers(2_000)).toBe(1)
    expect(await keysIn(store.list('.tmp/', ''))).toEqual(['.tmp/young'])
  })
})
