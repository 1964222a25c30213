import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFauxqs } from 'fauxqs'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ObjectStore } from '../../actors/ports.ts'
import { openFileStore } from '../../adapters/storage/file-store.ts'
import { type StorageFlags, storageCommand } from '../../runtime/cli/storage.command.ts'
import { publishDataset } from '../../runtime/storage/datasets.ts'
import { Storage } from '../../runtime/storage/storage.ts'
import { escapement, folderWith, onlyJson } from '../kit/cli.ts'
import { inProcess } from '../kit/cli-run.ts'
import { BUCKET, credentials, openPrefix, s3Server } from '../kit/storage/s3-kind.ts'
import { bytesOf } from '../kit/storage/store-under-test.ts'

/** `escapement storage`: what it says of whole and of damaged storages, and how it ends. */
async function fill(store: ObjectStore): Promise<void> {
  const files = [
    { fileId: 'part-0', body: bytesOf('zero') },
    { fileId: 'part-1', body: bytesOf('one') },
  ]
  const recording = new Storage(store).as('recording')
  await publishDataset(recording, 'raw', { datasetId: 'v/f/w', files })
}

async function filledFolder(): Promise<string> {
  const root = folderWith()
  await fill(await openFileStore(root))
  return root
}

const run = (action: string, location: string, flags: StorageFlags = {}) =>
  inProcess(true, (output) => storageCommand(action, location, flags, output))

describe('escapement storage scrub', () => {
  test('ends with 0 where all is whole', async () => {
    const root = await filledFolder()
    const ended = await run('scrub', root)
    expect(ended.code).toBe(0)
    const { status, reports } = onlyJson(ended) as { status: string; reports: readonly object[] }
    expect([status, reports.length]).toEqual(['sound', 7])
    expect(reports[0]).toEqual({
      class: 'raw',
      manifests: 1,
      checked: 2,
      bytes: 7,
      unlisted: 0,
      findings: [],
    })
  })

  test('ends with 1 and names the objects where one is not', async () => {
    const root = await filledFolder()
    writeFileSync(join(root, 'raw/v/f/w/part-1'), 'onf')
    const ended = await run('scrub', root, { class: 'raw' })
    expect(ended.code).toBe(1)
    expect(onlyJson(ended)).toMatchObject({
      status: 'damaged',
      reports: [{ findings: [{ key: 'v/f/w/part-1', problem: 'corrupt' }] }],
    })
    const text = await inProcess(false, (output) => storageCommand('scrub', root, {}, output))
    expect(text.stdout).toContain('corrupt  v/f/w/part-1')
    expect((await run('scrub', root, { class: 'canonical' })).code).toBe(0)
  })

  test('reads a bucket with the credentials of the environment, which it does not print', async () => {
    const fauxqs = await startFauxqs({ port: 0, logger: false })
    onTestFinished(() => fauxqs.stop())
    const endpoint = `http://127.0.0.1:${fauxqs.port}`
    const { store } = await openPrefix(await s3Server(endpoint))
    await fill(store)
    const env = {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    }
    const ended = await escapement(['storage', 'scrub', store.location, '--endpoint', endpoint], {
      env,
    })
    expect([ended.code, ended.stderr]).toEqual([0, ''])
    expect(ended.stdout).toContain('raw: 1 manifests, 2 objects of 7 bytes read')
    expect(ended.stdout).not.toContain(credentials.secretAccessKey)
    expect(ended.stdout).not.toContain(credentials.accessKeyId)
  })

  test('ends with 1 where the server does not answer: that may be another tomorrow', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }
    Object.assign(process.env, env)
    onTestFinished(() => {
      for (const name of Object.keys(env)) delete process.env[name]
    })
    const ended = await run('scrub', `s3://${BUCKET}/x`, { endpoint: 'http://127.0.0.1:1' })
    expect([ended.code, onlyJson(ended).code]).toEqual([1, 'ESC_STORAGE_UNAVAILABLE'])
  })
})

describe('escapement storage list', () => {
  test('lists the objects of each class by key', async () => {
    const root = await filledFolder()
    writeFileSync(join(root, 'other'), 'in no class')
    const keys = (ended: Awaited<ReturnType<typeof run>>) =>
      (onlyJson(ended).objects as readonly { key: string }[]).map(({ key }) => key)
    expect(keys(await run('list', root))).toEqual([
      'v/f/w/manifest.json',
      'v/f/w/part-0',
      'v/f/w/part-1',
    ])
    expect(keys(await run('list', root, { class: 'raw', prefix: 'v/f/w/p' }))).toEqual([
      'v/f/w/part-0',
      'v/f/w/part-1',
    ])
    expect(keys(await run('list', root, { class: 'canonical' }))).toEqual([])
    const text = await inProcess(false, (output) => storageCommand('list', root, {}, output))
    expect(text.stdout).toMatch(/raw v\/f\/w\/part-0 +4\n/)
    expect(text.stdout).toContain('3 objects')
  })
})

test.each([
  ['an unknown action', 'toString', '.', {}, 'ESC_USAGE'],
  ['an unknown class', 'scrub', '.', { class: 'normalized' }, 'ESC_USAGE'],
  ['a folder that is not there', 'scrub', '/none/such', {}, 'ESC_STORAGE_ACCESS'],
  ['another scheme', 'list', 'gs://bucket', {}, 'ESC_STORAGE_KEY'],
  ['no bucket', 'list', 's3://', {}, 'ESC_STORAGE_KEY'],
  ['a prefix upwards', 'list', '.', { prefix: '../' }, 'ESC_STORAGE_KEY'],
  [
    'an endpoint with a password',
    'list',
    's3://bucket',
    { endpoint: 'http://a:b@c' },
    'ESC_STORAGE_KEY',
  ],
] as const)('%s is bad input', async (_, action, location, flags, code) => {
  const ended = await run(action, location, flags)
  expect([ended.code, onlyJson(ended).code]).toEqual([2, code])
})
