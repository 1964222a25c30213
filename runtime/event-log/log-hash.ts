import { logRecords } from '@escapement/core'
import { ChainCheck } from './chain-check.ts'

/** What a log of these records hashes to, as 64 hexadecimal digits. */
export function logHash(bytes: Uint8Array): string {
  const chain = new ChainCheck()
  for (const record of logRecords(bytes)) chain.take(bytes, record)
  return chain.hash().toString('hex')
}
