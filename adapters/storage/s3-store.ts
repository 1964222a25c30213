import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type {
  ListMultipartUploadsCommandInput,
  MultipartUpload,
  S3Client,
  S3ClientConfig,
} from '@aws-sdk/client-s3'
import { CodedError } from '@escapement/core'
import type { ByteStream, ObjectStore, StoredObject } from '../../actors/ports.ts'
import { isAbsent, isTaken, s3Error } from './s3-error.ts'

export type S3StoreOptions = {
  readonly bucket: string
  /** Folder of the bucket that holds the storage; the whole bucket by default. */
  readonly prefix?: string
  /** URL of a server other than AWS. */
  readonly endpoint?: string
  /** Default: that of the environment; `us-east-1` where an endpoint is given. */
  readonly region?: string
  /** `endpoint/bucket/key` in place of `bucket.endpoint/key`. Default: where an endpoint is given. */
  readonly forcePathStyle?: boolean
  /** Default: the standard chain of the SDK (environment, profile, role of the machine). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

type Sdk = typeof import('@aws-sdk/client-s3') & typeof import('@aws-sdk/lib-storage')

/** S3 takes 10,000 parts: 80 GiB an object. Two parts are under way, so 16 MiB are held. */
const PART_BYTES = 8 * 1024 * 1024
const PARTS_UNDER_WAY = 2
/** A write's own mark, by which it knows its object when the answer to it was lost. */
const MARK = 'escapement-write'
const patience: NonNullable<S3ClientConfig['requestHandler']> = {
  connectionTimeout: 5_000,
  socketTimeout: 30_000,
}

/**
 * Objects in a general purpose bucket of S3 or of a server that speaks it. Nothing is asked of the
 * server before the first operation.
 * @throws ESC_STORAGE_KEY when the endpoint or the prefix is not well formed
 */
export async function openS3Store(options: S3StoreOptions): Promise<ObjectStore> {
  const { bucket, prefix = '', endpoint, credentials } = options
  if (endpoint !== undefined) checkEndpoint(endpoint)
  const [client, storage] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/lib-storage'),
  ])
  const region = options.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION
  const standsFor = endpoint === undefined ? region : (region ?? 'us-east-1')
  const s3 = new client.S3Client({
    requestHandler: patience,
    forcePathStyle: options.forcePathStyle ?? endpoint !== undefined,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(standsFor === undefined ? {} : { region: standsFor }),
    ...(credentials === undefined ? {} : { credentials }),
  })
  return new S3Store({ ...client, ...storage }, s3, bucket, prefix === '' ? '' : `${prefix}/`)
}

/**
 * An object is visible when its upload is complete. `create` is If-None-Match: exact on AWS and on
 * servers that keep it; on others two writers at the same moment may both succeed, and the later
 * one stays.
 */
class S3Store implements ObjectStore {
  readonly location: string
  readonly #sdk: Sdk
  readonly #client: S3Client
  readonly #bucket: string
  readonly #prefix: string

  constructor(sdk: Sdk, client: S3Client, bucket: string, prefix: string) {
    this.location = `s3://${bucket}/${prefix}`
    this.#sdk = sdk
    this.#client = client
    this.#bucket = bucket
    this.#prefix = prefix
  }

  async write(key: string, body: ByteStream, mode: 'create' | 'replace'): Promise<void> {
    const mark = randomUUID()
    const source = watched(body)
    const upload = new this.#sdk.Upload({
      client: this.#client,
      partSize: PART_BYTES,
      queueSize: PARTS_UNDER_WAY,
      params: {
        ...this.#object(key),
        Body: Readable.from(source.pieces, { objectMode: false }),
        Metadata: { [MARK]: mark },
        ...(mode === 'create' ? { IfNoneMatch: '*' } : {}),
      },
    })
    try {
      await upload.done()
    } catch (cause) {
      if (source.failure !== null) throw source.failure.cause
      if (mode !== 'create' || !isTaken(cause)) throw this.#error(key, cause)
      if (!(await this.#isOurs(key, mark))) {
        const facts = { file: this.location, field: key, found: 'an object of that key' }
        throw new CodedError('ESC_STORAGE_IMMUTABLE', facts)
      }
    }
  }

  async *read(key: string): ByteStream {
    try {
      const { Body } = await this.#client.send(new this.#sdk.GetObjectCommand(this.#object(key)))
      yield* Body as Readable
    } catch (cause) {
      throw this.#error(key, cause)
    }
  }

  async stat(key: string): Promise<StoredObject | null> {
    try {
      const head = await this.#client.send(new this.#sdk.HeadObjectCommand(this.#object(key)))
      return storedObject(key, head.ContentLength, head.LastModified)
    } catch (cause) {
      if (isAbsent(cause)) return null
      throw this.#error(key, cause)
    }
  }

  async *list(prefix: string, after: string): AsyncIterable<StoredObject> {
    const input = {
      Bucket: this.#bucket,
      Prefix: this.#prefix + prefix,
      ...(after === '' ? {} : { StartAfter: this.#prefix + after }),
    }
    try {
      const pages = this.#sdk.paginateListObjectsV2({ client: this.#client }, input)
      for await (const { Contents, IsTruncated, NextContinuationToken } of pages) {
        for (const { Key, Size, LastModified } of Contents ?? []) {
          yield storedObject(Key!.slice(this.#prefix.length), Size, LastModified)
        }
        // The paginator would end here, and lose the rest in silence.
        if (IsTruncated === true && NextContinuationToken === undefined) {
          const found = 'a page that is not the last and names no next one'
          throw new CodedError('ESC_STORAGE_UNAVAILABLE', { file: this.location, found })
        }
      }
    } catch (cause) {
      throw this.#error(prefix, cause)
    }
  }

  async remove(key: string): Promise<void> {
    try {
      await this.#client.send(new this.#sdk.DeleteObjectCommand(this.#object(key)))
    } catch (cause) {
      throw this.#error(key, cause)
    }
  }

  async removeLeftovers(beforeMs: number): Promise<number> {
    let removed = 0
    try {
      for await (const { Key, UploadId, Initiated } of this.#unfinishedUploads()) {
        if (Initiated === undefined || Initiated.getTime() >= beforeMs) continue
        const input = { Bucket: this.#bucket, Key, UploadId }
        await this.#client.send(new this.#sdk.AbortMultipartUploadCommand(input))
        removed++
      }
    } catch (cause) {
      throw this.#error('', cause)
    }
    return removed
  }

  close(): void {
    this.#client.destroy()
  }

  #object(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + key }
  }

  /** The answer to a first try can be lost: then a second one meets the object of the first. */
  async #isOurs(key: string, mark: string): Promise<boolean> {
    try {
      const head = await this.#client.send(new this.#sdk.HeadObjectCommand(this.#object(key)))
      return head.Metadata?.[MARK] === mark
    } catch (cause) {
      throw this.#error(key, cause)
    }
  }

  async *#unfinishedUploads(): AsyncIterable<MultipartUpload> {
    let marker: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'> = {}
    for (;;) {
      const input = { Bucket: this.#bucket, Prefix: this.#prefix, ...marker }
      const page = await this.#client.send(new this.#sdk.ListMultipartUploadsCommand(input))
      yield* page.Uploads ?? []
      if (page.IsTruncated !== true) return
      marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
    }
  }

  #error(key: string, cause: unknown): CodedError {
    return s3Error(this.location, key, cause)
  }
}

const storedObject = (key: string, bytes: number | undefined, modified: Date | undefined) => ({
  key,
  bytes: bytes ?? 0,
  modifiedMs: modified?.getTime() ?? 0,
})

/** The same pieces, and whether it was their source that failed. */
function watched(body: ByteStream): {
  readonly pieces: ByteStream
  failure: { readonly cause: unknown } | null
} {
  async function* pieces(): ByteStream {
    try {
      yield* body
    } catch (cause) {
      source.failure = { cause }
      throw cause
    }
  }
  const source: ReturnType<typeof watched> = { pieces: pieces(), failure: null }
  return source
}

/** @throws ESC_STORAGE_KEY when it is no URL, or holds credentials, which would end up in logs */
function checkEndpoint(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null
  const isPlain = url !== null && url.username === '' && url.password === ''
  if (isPlain && /^https?:$/.test(url.protocol)) return
  throw new CodedError('ESC_STORAGE_KEY', {
    field: 'endpoint',
    found:
      url === null ? 'no URL' : `a URL of ${url.protocol}${isPlain ? '' : ' with credentials'}`,
    needed: 'http://host:port or https://host, without credentials',
  })
}
