/**
 * Writes event logs as fast as it can until it is killed: one a thread, each in a folder of its own
 * below the one that is named. Says `<log> <position>` once a position was appended.
 */
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { Digest } from '@escapement/core'
import type { LogHeader } from '../../actors/ports.ts'
import { SegmentedLog } from '../../adapters/event-log/segmented-log.ts'
import { EventLog } from '../../runtime/event-log/event-log.ts'

type Task = { readonly folder: string; readonly log: number; readonly header: LogHeader }

function write({ folder, log, header }: Task): void {
  const sink = new SegmentedLog(folder, header, { sync: 'always', segmentBytes: 2_000 })
  const journal = new EventLog(sink, { handOver: 'record' })
  const digest = new Digest()
  for (let position = 0; ; position++) {
    journal.append(position, { type: 'control.checkpoint', time: position, label: `${log}` })
    writeSync(1, `${log} ${position}\n`)
    journal.commit(position, digest, null)
  }
}

if (isMainThread) {
  const [folder, logs, header] = process.argv.slice(2) as [string, string, string]
  for (let log = 0; log < Number(logs); log++) {
    const task = { folder: join(folder, String(log)), log, header: JSON.parse(header) as LogHeader }
    new Worker(new URL(import.meta.url), { workerData: task })
  }
} else write(workerData as Task)
