import { createHash } from 'node:crypto'
import { CodedError, type Core, type Position } from '@escapement/core'
import { coreOf } from '../core-of.ts'
import { Owed } from '../replay/owed.ts'
import type { RecordedStep } from '../replay/recorded-step.ts'
import { Replayer } from '../replay/replayer.ts'
import { describeReplay, type ReplayReport } from './describe-replay.ts'
import { describeState } from './describe-state.ts'
import type { Output } from './output.ts'
import { type RecordedRun, readRecordedRun } from './recorded-run.ts'
import { prepareRepeat } from './repeat-run.ts'
import { RunHistory } from './run-history.ts'

export type ReplayFlags = {
  readonly verify?: string | boolean
  readonly to?: string
  readonly base?: string
}

/** `escapement replay <run>`: steps the Core through the log and holds it against what was recorded. */
export async function replayCommand(
  folder: string,
  flags: ReplayFlags,
  output: Output,
): Promise<void> {
  const to = parsePosition(flags.to)
  checkVerify(flags.verify)
  const run = readRecordedRun(folder)
  const prepared = await prepareRepeat(run, flags.base)
  const history = new RunHistory(run.path, prepared)
  const started = performance.now()
  const replayed = stepThrough(history, flags, to)
  const seconds = (performance.now() - started) / 1_000
  const { core, difference, ...counted } = replayed
  const { state } = core
  const stateHash = createHash('sha256').update(state.serialise()).digest('hex')
  const isEnd = to === Number.POSITIVE_INFINITY && difference === null
  const { damage } = history.log
  const hashDiffers = isEnd && run.hashes !== null && run.hashes.stateHash !== stateHash
  const report: ReplayReport = {
    schema: 'escapement/replay-1',
    status: difference !== null || hashDiffers ? 'differs' : damage === null ? 'same' : 'damaged',
    directory: run.path,
    position: state.control.nextPosition - 1,
    difference: hashDiffers
      ? otherHash(state.control.nextPosition - 1, run, stateHash)
      : difference,
    damage,
    stateHash,
    seconds,
    eventsPerSecond: Math.round(counted.steps / seconds),
    ...counted,
    state: describeState(state, core.view, prepared.definition),
  }
  if (report.status !== 'same') output.exitCode = 1
  output.result(report, () => describeReplay(report))
}

type Counted = Pick<ReplayReport, 'from' | 'steps' | 'compared' | 'difference' | 'stateChain'> & {
  readonly core: Core
}

/**
 * Steps through the log until something differs. With --verify everything from position 0 on, the
 * order of Events and what each step caused included; without it from the latest snapshot on.
 */
function stepThrough(history: RunHistory, { verify }: ReplayFlags, to: Position): Counted {
  const { configuration } = history
  const snapshot = verify === undefined ? history.snapshot(to) : null
  const core = coreOf(history, snapshot?.state)
  const owed = verify === undefined ? null : new Owed(configuration.control, 0)
  const replayer = new Replayer(core, owed)
  const chain = verify === 'all' ? createHash('sha256') : null
  const from = core.state.control.nextPosition
  const compared = { steps: 0, states: 0 }
  let steps = 0
  let difference: Counted['difference'] = null
  for (const entry of history.steps(from)) {
    if (entry.position > to) break
    if (entry.position < from) continue
    const found = replayer.take(entry).difference
    if (found !== null) {
      difference = { position: entry.position, ...found }
      break
    }
    steps++
    count(compared, entry)
    chain?.update(core.state.digest())
  }
  return { core, from, steps, compared, difference, stateChain: chain?.digest('hex') ?? null }
}

function count(compared: { steps: number; states: number }, entry: RecordedStep): void {
  if (entry.stepDigest !== undefined) compared.steps++
  if (entry.stateDigest !== undefined) compared.states++
}

const otherHash = (position: Position, { hashes }: RecordedRun, recomputed: string) =>
  ({ position, kind: 'stateHash', recorded: hashes!.stateHash, recomputed }) as const

function checkVerify(found: ReplayFlags['verify']): void {
  if (found === undefined || found === true || found === 'all') return
  throw new CodedError('ESC_USAGE', {
    field: '--verify',
    found: String(found),
    needed: 'all, or nothing',
  })
}

function parsePosition(text: string | undefined): Position {
  if (text === undefined) return Number.POSITIVE_INFINITY
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new CodedError('ESC_USAGE', { field: '--to', found: text, needed: 'a position' })
}
