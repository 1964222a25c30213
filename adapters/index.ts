/** Market data in and out, and where objects are kept: what `escapement/data` exports. */
export { dataHash } from './market-data/data-hash.ts'
export {
  type MarketDataFile,
  type ReadOptions,
  readMarketData,
  readMarketRows,
} from './market-data/read.ts'
export { type WritableFormat, writeMarketRows } from './market-data/write.ts'
export { writeParquet } from './parquet/parquet.ts'
export { type FileStoreOptions, openFileStore } from './storage/file-store.ts'
export { openS3Store, type S3StoreOptions } from './storage/s3-store.ts'
export type { SyntheticOptions } from './synthetic/options.ts'
export { syntheticMarket } from './synthetic/synthetic.ts'
export { syntheticOrders } from './synthetic/synthetic-orders.ts'
