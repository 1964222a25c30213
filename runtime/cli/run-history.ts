import { join } from 'node:path'
import { messageOf, type Position } from '@escapement/core'
import { LogReader } from '../../adapters/event-log/log-reader.ts'
import { EVENTS, SNAPSHOTS } from '../../adapters/run-directory/run-directory.ts'
import { SnapshotFolder } from '../../adapters/run-directory/snapshots.ts'
import { copiedViews, recordedSteps, type ViewOf } from '../event-log/read-log.ts'
import { decodeSnapshot, type Snapshot } from '../replay/snapshot.ts'
import type { History } from '../replay/time-travel.ts'
import type { PreparedBacktest } from './prepare-backtest.ts'
import { logger } from './terminal.ts'

/** The history of a run directory, read as it is needed. */
export class RunHistory implements History {
  readonly configuration: History['configuration']
  readonly strategies: History['strategies']
  readonly fork: History['fork']
  readonly log: LogReader
  readonly #viewOf: ViewOf
  readonly #snapshots: SnapshotFolder
  readonly #fingerprint: string
  /** Positions of snapshots that cannot be used. */
  readonly #dropped = new Set<Position>()

  /** @throws ESC_LOG_DAMAGED when the log cannot be read at all */
  constructor(path: string, { definition, configFingerprint }: PreparedBacktest) {
    this.configuration = definition.configuration
    this.strategies = definition.strategies
    this.fork = definition.fork
    this.log = LogReader.open(join(path, EVENTS))
    const { feed } = definition
    const isCopied = this.log.header.market === 'full'
    const copies = isCopied ? copiedViews(this.log.records()) : new Map()
    this.#viewOf = (instrument) => copies.get(instrument) ?? feed[instrument]!.local
    this.#snapshots = new SnapshotFolder(join(path, SNAPSHOTS))
    this.#fingerprint = configFingerprint
  }

  steps(position: Position) {
    return recordedSteps(this.log.records(position), this.#viewOf)
  }

  /** The latest usable snapshot up to `position`; one that is damaged is dropped with a warning. */
  snapshot(position: Position): Snapshot | null {
    for (const at of this.#snapshots.positions()) {
      if (at > position || this.#dropped.has(at)) continue
      try {
        return decodeSnapshot(this.#snapshots.read(at), this.configuration, this.#fingerprint)
      } catch (cause) {
        this.#dropped.add(at)
        logger().warn({ position: at, cause: messageOf(cause) }, 'a snapshot is dropped')
      }
    }
    return null
  }
}
