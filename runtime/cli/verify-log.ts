import { ByteReader, CodedError, LogKind, type ReadRecord } from '@escapement/core'
import { LogReader } from '../../adapters/event-log/log-reader.ts'
import type { SegmentHeader } from '../../adapters/event-log/segment.ts'
import { ChainCheck } from '../event-log/log-hash.ts'
import { expectWhole } from './recorded-run.ts'

/** What a log that is whole says of itself, and what its records hash to. */
export type VerifiedLog = { readonly header: SegmentHeader; readonly eventLogHash: string }

/**
 * Reads a log from its first record to its last and follows its hash chain.
 * @throws ESC_LOG_DAMAGED naming file or position when it is not whole, or a link does not hold
 */
export function verifyLog(folder: string): VerifiedLog {
  const reader = LogReader.open(folder)
  const chain = new ChainCheck()
  let last = 0
  for (const read of reader.records()) {
    checkLink(folder, read, chain)
    chain.take(read.bytes, read.record)
    last = read.record.kind
  }
  expectWhole(reader, last)
  return { header: reader.header, eventLogHash: chain.hash().toString('hex') }
}

function checkLink(file: string, { bytes, record }: ReadRecord, chain: ChainCheck): void {
  const { kind, position, payload, to } = record
  if (kind !== LogKind.LINK && kind !== LogKind.END) return
  const needed = kind === LogKind.LINK ? chain.link : chain.hash()
  const reader = new ByteReader(bytes.subarray(payload, to))
  const records = reader.f64()
  const found = reader.raw(needed.length)
  if (records === chain.records && Buffer.compare(found, needed) === 0) return
  throw new CodedError('ESC_LOG_DAMAGED', {
    file,
    field: `link of the hash chain behind position ${position}`,
    found: `${records} records with ${hex(found)}`,
    needed: `${chain.records} records with ${hex(needed)}`,
  })
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
