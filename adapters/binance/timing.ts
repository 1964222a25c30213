import { CodedError, NANOS_MAX, NANOS_PER_MILLI, NANOS_PER_SECOND } from '@escapement/core'
import type { TableMessage } from './message-table.ts'

/**
 * Dates snapshots that have no time (spot). A snapshot shows the book after the last diff that it
 * contains, so it takes that diff's time; when it is older than every diff, 1 ms before the first.
 * @throws ESC_BINANCE_MESSAGE when there is no diff to date it by.
 */
export function dateSnapshots(messages: readonly TableMessage[], file?: string): TableMessage[] {
  const depth = messages.filter(({ updateId }) => !Number.isNaN(updateId))
  return messages.map((message) => {
    if (!Number.isNaN(message.exchTime)) return message
    const contained = depth.findLast(({ updateId }) => updateId <= message.snapshotId)
    if (contained !== undefined) return { ...message, exchTime: contained.exchTime }
    const first = depth[0]
    if (first !== undefined) return { ...message, exchTime: first.exchTime - NANOS_PER_MILLI }
    throw new CodedError('ESC_BINANCE_MESSAGE', {
      ...(file === undefined ? {} : { file }),
      line: message.line,
      found: 'a snapshot without a time and no depthUpdate to date it by',
      needed: 'at least one depthUpdate',
    })
  })
}

/**
 * Puts the diffs that a stale snapshot has overwritten right after it, for the local view only.
 * Update ids only grow, so the walk back from the snapshot ends at the first diff that it contains.
 */
export function stitch(messages: readonly TableMessage[]): TableMessage[] {
  const stitched: TableMessage[] = []
  for (const message of messages) {
    stitched.push(message)
    if (Number.isNaN(message.snapshotId)) continue
    const again: TableMessage[] = []
    for (let at = stitched.length - 2; at >= 0; at--) {
      const before = stitched[at]!
      if (before.updateId <= message.snapshotId) break
      if (before.updateId > message.snapshotId && !before.again) {
        again.push({ ...before, localTime: message.localTime, again: true })
      }
    }
    stitched.push(...again.reverse())
  }
  return stitched
}

/**
 * The clock correction, ns: by how much all local times move later so that no latency is negative.
 * And the origin, the smallest time after it.
 * @throws ESC_TIME_SPAN when the times are farther apart than 2^53 ns.
 */
export function correctClock(
  messages: readonly TableMessage[],
  file?: string,
): { readonly shift: number; readonly origin: number } {
  let shift = 0
  for (const { exchTime, localTime } of messages) shift = Math.max(shift, exchTime - localTime)
  let origin = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const { exchTime, localTime } of messages) {
    origin = Math.min(origin, exchTime, localTime + shift)
    last = Math.max(last, exchTime, localTime + shift)
  }
  if (last - origin > NANOS_MAX || shift > NANOS_MAX) {
    throw new CodedError('ESC_TIME_SPAN', {
      ...(file === undefined ? {} : { file }),
      found: `${((last - origin) / NANOS_PER_SECOND).toFixed(0)} s from the first time to the last`,
      hint: 'local times are epoch ns, exchange times epoch ms',
    })
  }
  return { shift, origin }
}
