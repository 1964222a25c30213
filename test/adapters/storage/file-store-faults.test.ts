import { describe, expect, test } from 'vitest'
import { openFileStore } from '../../../adapters/storage/file-store.ts'
import { folderWith } from '../../kit/cli.ts'
import { bundled, runNode, streamedMemory } from '../../kit/storage/child.ts'
import {
  bytesOf,
  codeOf,
  drained,
  keysIn,
  piecesOf,
  textOf,
} from '../../kit/storage/store-under-test.ts'
import { watchedDisk } from '../../kit/storage/watched-disk.ts'

/**
 * A file store whose process is killed, or whose disk fails, before each step of a write in turn.
 * A reader afterwards sees the old object or the new one, and a writer can go on.
 */
const OLD = 'the old object'
const NEW = 'the new object, which is longer'
const key = 'raw/v/f/part-0'

async function read(root: string): Promise<string | null> {
  const store = await openFileStore(root)
  if ((await store.stat(key)) === null) return null
  let text = ''
  for await (const piece of store.read(key)) text += textOf(piece)
  return text
}

async function write(root: string, text: string, mode: 'create' | 'replace'): Promise<void> {
  await (await openFileStore(root)).write(key, piecesOf(bytesOf(text), 4), mode)
}

const rootFor = async (mode: 'create' | 'replace'): Promise<string> => {
  const root = folderWith()
  if (mode === 'replace') await write(root, OLD, 'create')
  return root
}

describe.each(['create', 'replace'] as const)('a write to %s', (mode) => {
  const before = mode === 'replace' ? OLD : null

  test('does its steps in the order that makes them durable', async () => {
    const root = await rootFor('replace')
    const steps: string[] = []
    const fs = watchedDisk((step) => steps.push(step))
    const store = await openFileStore(root, { fs })
    const target = mode === 'replace' ? key : 'raw/v/g/part-0'
    await store.write(target, piecesOf(bytesOf(NEW), 16), mode)
    const publish = mode === 'replace' ? ['rename'] : ['link']
    const folders = [
      'sync folder',
      'sync folder',
      ...(mode === 'create' ? ['mkdir'] : []),
      'sync folder',
    ]
    expect(steps).toEqual([
      'sync folder',
      ...['open', 'write', 'write', 'sync', 'close'],
      ...folders,
      ...publish,
      'sync folder',
      'unlink',
    ])
  })

  test('that is killed before any step shows the old object or the new one', async () => {
    const child = await bundled('crash-child', folderWith())
    const seen: (string | null)[] = []
    for (let steps = 0; ; steps++) {
      const root = await rootFor(mode)
      const end = await runNode([child, root, key, NEW, mode, String(steps)])
      const found = await read(root)
      if (end.code === 0) {
        expect(found).toBe(NEW)
        break
      }
      expect([end.signal, end.stderr]).toEqual(['SIGKILL', ''])
      seen.push(found)
      const store = await openFileStore(root)
      expect(await keysIn(store.list('raw/', ''))).toEqual(found === null ? [] : [key])
      if (found !== NEW) await write(root, NEW, mode)
      expect(await read(root)).toBe(NEW)
      await store.removeLeftovers(Date.now() + 60_000)
      expect(await keysIn(store.list('.tmp/', ''))).toEqual([])
    }
    const firstNew = seen.indexOf(NEW)
    expect(seen.length).toBeGreaterThan(firstNew)
    expect(firstNew).toBeGreaterThan(8)
    expect(seen).toEqual(seen.map((_, i) => (i < firstNew ? before : NEW)))
  })

  test.each(['ENOSPC', 'EIO', 'EACCES'])(
    'that meets %s at any step is refused and leaves what was there',
    async (errno) => {
      const results: string[] = []
      for (let last = 0; ; last++) {
        const root = await rootFor(mode)
        let left = last
        let failed = ''
        const fs = watchedDisk((step) => {
          if (left-- !== 0) return
          failed = step
          throw Object.assign(new Error(`${errno}: injected`), { code: errno })
        })
        const store = await openFileStore(root, { fs })
        const code = await codeOf(() => store.write(key, piecesOf(bytesOf(NEW), 16), mode))
        if (failed === '') break
        results.push(failed)
        if (failed === 'unlink') {
          // The object is whole and durable: a temporary name that stays is no reason to fail.
          expect([code, await read(root)]).toEqual(['done', NEW])
          continue
        }
        const coded = errno === 'EACCES' ? 'ESC_STORAGE_ACCESS' : 'ESC_STORAGE_UNAVAILABLE'
        expect([failed, code]).toEqual([failed, coded])
        const found = await read(root)
        // A rename cannot be taken back when the folder cannot be synced: the new one is whole.
        if (found !== before) expect([mode, failed, found]).toEqual(['replace', 'sync folder', NEW])
        expect(await keysIn((await openFileStore(root)).list('.tmp/', ''))).toEqual([])
      }
      expect(results).toContain('write')
      expect(results.at(-1)).toBe('unlink')
    },
  )
})

test('a failing disk is an error while reading too', async () => {
  const root = await rootFor('replace')
  const failing = watchedDisk(() => undefined)
  const fs = {
    ...failing,
    open: async (...args: Parameters<typeof failing.open>) => {
      const handle = await failing.open(...args)
      handle.read = () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
      return handle
    },
  } as typeof failing
  const store = await openFileStore(root, { fs })
  expect(await codeOf(() => drained(store.read(key)))).toBe('ESC_STORAGE_UNAVAILABLE')
})

test('an object of 128 MiB goes in and out in less than 64 MiB', async () => {
  const { bytes, grownMib } = await streamedMemory(128, folderWith())
  expect(bytes).toBe(128 * 1024 * 1024)
  expect(grownMib).toBeLessThan(64)
})
