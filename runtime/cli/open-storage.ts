import { CodedError } from '@escapement/core'
import type { ObjectStore } from '../../actors/ports.ts'
import { openFileStore } from '../../adapters/storage/file-store.ts'
import { openS3Store } from '../../adapters/storage/s3-store.ts'

export type StoreFlags = {
  readonly endpoint?: string
  readonly region?: string
}

/**
 * The store at a location: a folder, or `s3://bucket/prefix` with the credentials of the
 * environment.
 * @throws ESC_STORAGE_KEY, ESC_STORAGE_ACCESS
 */
export async function openStorage(location: string, flags: StoreFlags): Promise<ObjectStore> {
  if (!location.includes('://')) return openFileStore(location)
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9.-]+)(?:\/(.*?))?\/?$/.exec(location) ?? []
  if (bucket === undefined) {
    const needed = 'a folder, or s3://bucket/prefix'
    throw new CodedError('ESC_STORAGE_KEY', { field: 'location', found: location, needed })
  }
  // The SDK is pinned by us: its advice about Node versions is not for who types a command.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  return openS3Store({ bucket, prefix, ...flags })
}
