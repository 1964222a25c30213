import {
  CreateBucketCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { openS3Store } from '../../../adapters/storage/s3-store.ts'
import type { StoreUnderTest } from './store-under-test.ts'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

export const credentials = { accessKeyId: 'AKIATESTKEY', secretAccessKey: 'secret-sentinel-value' }
export const BUCKET = 'storage'

/** A server that speaks S3, with its bucket. */
export type S3Server = { readonly endpoint: string; readonly client: S3Client }

/** Waits for the server to answer, and makes the bucket. */
export async function s3Server(endpoint: string): Promise<S3Server> {
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
  for (let tries = 0; ; tries++) {
    try {
      await client.send(new CreateBucketCommand({ Bucket: BUCKET }))
      await client.send(new HeadBucketCommand({ Bucket: BUCKET }))
      return { endpoint, client }
    } catch (cause) {
      if (tries > 100) throw cause
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

let opened = 0

/** A prefix of the bucket that nothing else uses. */
export async function openPrefix({ endpoint, client }: S3Server): Promise<StoreUnderTest> {
  const prefix = `p${++opened}/deep`
  const open = () => openS3Store({ bucket: BUCKET, prefix, endpoint, credentials })
  return {
    store: await open(),
    reopen: open,
    plant: async (place, body) => {
      const input = { Bucket: BUCKET, Key: `${prefix}/${place}`, Body: body }
      await client.send(new PutObjectCommand(input))
    },
    canPlant: () => true,
  }
}
