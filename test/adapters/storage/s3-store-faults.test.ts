import type { IncomingMessage } from 'node:http'
import { inspect } from 'node:util'
import { startFauxqs } from 'fauxqs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openS3Store } from '../../../adapters/storage/s3-store.ts'
import { Storage } from '../../../runtime/storage/storage.ts'
import { streamedMemory } from '../../kit/storage/child.ts'
import { BUCKET, credentials, s3Server } from '../../kit/storage/s3-kind.ts'
import { type Answer, hangUp, refusal, scriptedS3, status } from '../../kit/storage/scripted-s3.ts'
import {
  bytesOf,
  codeOf,
  drained,
  keysIn,
  patterned,
  piecesOf,
} from '../../kit/storage/store-under-test.ts'

/** A server that fails, lies or breaks off, and what becomes of that. */
const ok = status(200)
const body = () => piecesOf(bytesOf('content'), 100)
const absent = refusal(404, 'NoSuchKey')

/** Answers a HEAD request with the mark that the first request carried. */
const held =
  (asked: () => readonly IncomingMessage[], mark?: string): Answer =>
  (request, response) =>
    status(200, '', {
      'x-amz-meta-escapement-write':
        mark ?? String(asked()[0]!.headers['x-amz-meta-escapement-write']),
    })(request, response)

describe('a server that', () => {
  test.each([
    ['is overloaded', refusal(503, 'SlowDown'), 'ESC_STORAGE_UNAVAILABLE', 1],
    ['fails', refusal(500, 'InternalError'), 'ESC_STORAGE_UNAVAILABLE', 5],
    ['hangs up', hangUp, 'ESC_STORAGE_UNAVAILABLE', 5],
    ['does not know the key', refusal(403, 'InvalidAccessKeyId'), 'ESC_STORAGE_ACCESS', 5],
    ['does not know the secret', refusal(403, 'SignatureDoesNotMatch'), 'ESC_STORAGE_ACCESS', 5],
    ['denies', refusal(403, 'AccessDenied'), 'ESC_STORAGE_ACCESS', 5],
    ['has no such bucket', refusal(404, 'NoSuchBucket'), 'ESC_STORAGE_ACCESS', 5],
  ])('%s is told by a code that says nothing secret', async (_, answer, code, count) => {
    const { store } = await scriptedS3(answer)
    const works: readonly (() => Promise<unknown>)[] = [
      () => store.write('raw/a', body(), 'create'),
      () => keysIn(store.list('raw/', '')),
      () => drained(store.read('raw/a')),
      () => store.remove('raw/a'),
      () => store.removeLeftovers(1),
    ]
    for (const work of works.slice(0, count)) {
      const cause = await work().catch((thrown: unknown) => thrown)
      const shown = inspect(cause, { depth: 20, showHidden: true })
      expect(shown).not.toContain(credentials.secretAccessKey)
      expect(shown).not.toContain(credentials.accessKeyId)
      expect(await codeOf(() => Promise.reject(cause))).toBe(code)
    }
  })

  test('cannot be reached is unavailable, and health says so', async () => {
    const storage = new Storage(
      await openS3Store({ bucket: BUCKET, endpoint: 'http://127.0.0.1:1', credentials }),
    )
    const put = () => storage.as('quality').put('staging', 'a', bytesOf('x'))
    expect(await codeOf(put)).toBe('ESC_STORAGE_UNAVAILABLE')
    expect(storage.health()).toMatchObject({
      isAvailable: false,
      lastFailure: expect.stringContaining('ECONNREFUSED'),
      writes: { ok: 0, failed: 1 },
    })
  })

  test('answers the third time has answered', async () => {
    const { store, asked } = await scriptedS3(hangUp, refusal(500, 'InternalError'), ok)
    expect(await codeOf(() => store.write('raw/a', body(), 'replace'))).toBe('done')
    expect(asked).toHaveLength(3)
  })

  test('breaks off within an object gives no shorter object', async () => {
    const half: Answer = (request, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('half', () => request.socket.destroy())
    }
    const { store } = await scriptedS3(half)
    expect(await codeOf(() => drained(store.read('raw/a')))).toBe('ESC_STORAGE_UNAVAILABLE')
  })

  test('sends other bytes than its checksum says is corrupt', async () => {
    const { store } = await scriptedS3(
      status(200, 'content', { 'x-amz-checksum-crc32': 'AAAAAA==' }),
    )
    expect(await codeOf(() => drained(store.read('raw/a')))).toBe('ESC_STORAGE_CORRUPT')
  })

  test('cuts a listing short without a next page is unavailable', async () => {
    const page = `<ListBucketResult><IsTruncated>true</IsTruncated>
      <Contents><Key>raw/a</Key><Size>1</Size></Contents></ListBucketResult>`
    const { store } = await scriptedS3(status(200, page, { 'content-type': 'application/xml' }))
    expect(await codeOf(() => keysIn(store.list('raw/', '')))).toBe('ESC_STORAGE_UNAVAILABLE')
  })
})

describe('to create', () => {
  test('asks the server that nothing be there, and to replace does not', async () => {
    const create = await scriptedS3(ok)
    await create.store.write('raw/a', body(), 'create')
    expect(create.asked.map(({ headers }) => headers['if-none-match'])).toEqual(['*'])
    const replace = await scriptedS3(ok)
    await replace.store.write('raw/a', body(), 'replace')
    expect(replace.asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined])
  })

  test('in parts asks it when the parts are put together', async () => {
    const parts: Answer = (request, response) => {
      const isStart = request.url!.includes('uploads')
      const xml =
        '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>'
      status(200, isStart ? xml : '<CompleteMultipartUploadResult/>', { etag: '"e"' })(
        request,
        response,
      )
    }
    const { store, asked } = await scriptedS3(parts)
    await store.write('raw/a', piecesOf(patterned(9 * 1024 * 1024), 1024 * 1024), 'create')
    const last = asked.at(-1)!
    expect([last.method, last.headers['if-none-match']]).toEqual(['POST', '*'])
    expect(asked).toHaveLength(4)
  })

  test('what is there is refused', async () => {
    const asked: { list: readonly IncomingMessage[] } = { list: [] }
    const taken = await scriptedS3(
      refusal(412, 'PreconditionFailed'),
      held(() => asked.list, 'theirs'),
    )
    asked.list = taken.asked
    expect(await codeOf(() => taken.store.write('raw/a', body(), 'create'))).toBe(
      'ESC_STORAGE_IMMUTABLE',
    )
  })

  test('and to be refused because the first answer was lost is to have created', async () => {
    const asked: { list: readonly IncomingMessage[] } = { list: [] }
    const lost = await scriptedS3(
      hangUp,
      refusal(412, 'PreconditionFailed'),
      held(() => asked.list),
    )
    asked.list = lost.asked
    expect(await codeOf(() => lost.store.write('raw/a', body(), 'create'))).toBe('done')
    expect(lost.asked.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'HEAD'])
  })

  test('is asked for again when another writer is at work', async () => {
    const { store } = await scriptedS3(refusal(409, 'ConditionalRequestConflict'), absent)
    expect(await codeOf(() => store.write('raw/a', body(), 'create'))).toBe(
      'ESC_STORAGE_UNAVAILABLE',
    )
  })
})

test.each(['http://user:sentinel@host', 'ftp://host', 'host:9000', 'nonsense'])(
  'the endpoint %s is refused, and not repeated',
  async (endpoint) => {
    const cause = await openS3Store({ bucket: BUCKET, endpoint }).catch((thrown: unknown) => thrown)
    expect(String(cause)).toContain('ESC_STORAGE_KEY')
    expect(inspect(cause, { depth: 20, showHidden: true })).not.toContain('sentinel')
  },
)

test('uploads that broke off go when they are old, and no younger ones', async () => {
  const upload = (key: string, time: string) =>
    `<Upload><Key>${key}</Key><UploadId>id</UploadId><Initiated>${time}</Initiated></Upload>`
  const page = (uploads: string, isLast: boolean) =>
    `<ListMultipartUploadsResult><IsTruncated>${!isLast}</IsTruncated>${uploads}` +
    '<NextKeyMarker>raw/b</NextKeyMarker></ListMultipartUploadsResult>'
  const first = page(upload('raw/a', '2020-01-01T00:00:00Z'), false)
  const rest = upload('raw/b', '2021-01-01T00:00:00Z') + upload('raw/c', '2022-01-01T00:00:00Z')
  const { store, asked } = await scriptedS3((request, response) => {
    const isSecond = request.url!.includes('key-marker=raw')
    const text = request.method === 'DELETE' ? '' : isSecond ? page(rest, true) : first
    status(text === '' ? 204 : 200, text)(request, response)
  })
  expect(await store.removeLeftovers(Date.UTC(2021, 6))).toBe(2)
  const aborted = asked.filter(({ method }) => method === 'DELETE').map(({ url }) => url)
  expect(aborted).toEqual([
    expect.stringMatching(/raw\/a\?.*uploadId=id/),
    expect.stringMatching(/raw\/b\?.*uploadId=id/),
  ])
})

test('an object of 112 MiB goes in and out in less than 100 MiB', async () => {
  const fauxqs = await startFauxqs({ port: 0, logger: false })
  onTestFinished(() => fauxqs.stop())
  const endpoint = `http://127.0.0.1:${fauxqs.port}`
  await s3Server(endpoint)
  const { bytes, grownMib } = await streamedMemory(112, endpoint, BUCKET)
  expect(bytes).toBe(112 * 1024 * 1024)
  expect(grownMib).toBeLessThan(100)
})
