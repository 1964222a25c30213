/**
 * Publishing: a folder counts when its mark vouches for every byte. The writer is stopped before each
 * of its writes, and bytes are changed behind its back; a reader must see all of it or nothing.
 */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  isComplete,
  publish,
  publishedFile,
  publishedManifest,
  unpublish,
} from '../../../runtime/experiment/publish.ts'
import { MemoryStore } from '../../kit/experiment.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')
const files = { 'result.json': bytes('{"fills":3}'), 'events.log': bytes('log') }

async function published(): Promise<MemoryStore> {
  const store = new MemoryStore()
  await publish(store, 'runs/a', files, { attempt: 1 })
  return store
}

describe('a published folder', () => {
  test('has its files, then the manifest, and the mark last', async () => {
    const store = await published()
    expect(store.written).toEqual([
      'runs/a/result.json',
      'runs/a/events.log',
      'runs/a/manifest.json',
      'runs/a/_DONE',
    ])
    expect(store.json('runs/a/manifest.json')).toEqual({
      attempt: 1,
      artifacts: Object.entries(files).map(([name, content]) => {
        return { name, size: content.length, sha256: sha256(content) }
      }),
    })
  })

  test.each([0, 1, 2, 3])(
    'whose writer was gone after %i writes does not count',
    async (writes) => {
      const store = new MemoryStore()
      store.writesLeft = writes
      await expect(publish(store, 'runs/a', files, {})).rejects.toThrow('killed')
      expect(await publishedManifest(store, 'runs/a')).toBeNull()
      expect(await isComplete(store, 'runs/a')).toBe(false)
      store.writesLeft = 4
      await publish(store, 'runs/a', files, {})
      expect(await isComplete(store, 'runs/a')).toBe(true)
    },
  )

  test('with a changed or missing file is not complete, and does not give that file', async () => {
    const store = await published()
    const manifest = (await publishedManifest(store, 'runs/a'))!
    store.files.set('runs/a/result.json', bytes('{"fills":4}'))
    expect(await isComplete(store, 'runs/a')).toBe(false)
    expect(await publishedFile(store, 'runs/a', manifest, 'result.json')).toBeNull()
    expect(await publishedFile(store, 'runs/a', manifest, 'events.log')).toEqual(bytes('log'))
    expect(await publishedFile(store, 'runs/a', manifest, 'other.txt')).toBeNull()
    store.files.delete('runs/a/result.json')
    expect(await isComplete(store, 'runs/a')).toBe(false)
  })

  test('with a changed manifest counts for nothing', async () => {
    const store = await published()
    const text = new TextDecoder().decode(store.files.get('runs/a/manifest.json'))
    store.files.set('runs/a/manifest.json', bytes(text.replace('"attempt": 1', '"attempt": 2')))
    expect(await publishedManifest(store, 'runs/a')).toBeNull()
    store.files.delete('runs/a/manifest.json')
    expect(await publishedManifest(store, 'runs/a')).toBeNull()
  })

  test('that is taken back counts for nothing until it is published again', async () => {
    const store = await published()
    await unpublish(store, 'runs/a')
    expect(await isComplete(store, 'runs/a')).toBe(false)
    await publish(store, 'runs/a', files, {})
    expect(await isComplete(store, 'runs/a')).toBe(true)
  })
})
