import type { LogHeader } from '../../actors/ports.ts'
import type { LogRepair } from '../../adapters/event-log/repair-log.ts'
import type { LogVerdict } from '../event-log/verify-log.ts'
import { table } from './terminal.ts'

/** What is known of a log once it was read. */
export type LogReport = LogVerdict & {
  readonly folder: string
  /**
   * `open` has no closing record: its run goes on, or was interrupted. `damaged` is also what the
   * run directory contradicts.
   */
  readonly outcome: 'whole' | 'open' | 'damaged'
  readonly header: LogHeader
  readonly segments: number
  readonly bytes: number
  /** What `summary.json` says of a run that is done. */
  readonly summaryHash: string | null
  readonly repaired: LogRepair | null
  readonly written: { readonly file: string; readonly lines: number } | null
}

type Line = readonly [name: string, value: string]

/** What a person sees of an event log: what it is of, what is in it, and whether it is sound. */
export function describeLog(report: LogReport): string {
  const { header, segments, bytes, events, hash, repaired, written } = report
  const lines: Line[] = [
    ['made by', `${header.software}, seed ${header.seed}, origin ${header.originNs} ns`],
    ['configuration', header.configFingerprint],
    ['topology', header.topologyHash],
    ...header.strategies.map(({ name, identity }): Line => ['strategy', `${name}: ${identity}`]),
    ...header.data.map(({ name, hash, rows }): Line => ['data', `${name}: ${rows} rows, ${hash}`]),
    ['market rows', header.market === 'full' ? 'in the log' : 'in the data'],
    ['segments', `${segments}, ${bytes} bytes`],
    ['events', String(events)],
    ['records', counts(report)],
    ['hash', hash],
    ...(repaired === null
      ? []
      : [['repaired', `${repaired.cut} bytes cut, kept in ${repaired.kept}`] as const]),
    ...(written === null ? [] : [['wrote', `${written.file}: ${written.lines} lines`] as const]),
    ...soundness(report),
  ]
  return `${report.folder}\n${table(lines)}`
}

const counts = ({ records }: LogReport): string =>
  Object.entries(records)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ') || 'none'

function soundness(report: LogReport): readonly Line[] {
  const { outcome, damage, contradiction, closed, hash, summaryHash } = report
  if (outcome === 'whole') return [['log', 'whole']]
  if (outcome === 'open') {
    return [['log', 'open: sound as far as it goes, without the record that closes a log']]
  }
  const found: Line[] = []
  if (damage !== null) {
    const { file, byte, lost } = damage
    found.push(['damaged', `${file}, byte ${byte}: ${damage.found}; ${lost} bytes from there`])
  }
  if (contradiction !== null) {
    const { first, last, needed } = contradiction
    const place = first === last ? `position ${first}` : `positions ${first} to ${last}`
    found.push(['damaged', `${place}: ${contradiction.found}; needed ${needed}`])
  }
  if (found.length > 0) return found
  if (!closed) return [['damaged', 'the run is done, and its log has no closing record']]
  return [['damaged', `the hash is ${hash}, and summary.json says ${summaryHash}`]]
}
