import type { RuleCounts, Tally } from '../report.ts'
import type { Json } from '../steps/format.ts'
import { type Answer, judgeCases } from './cases.ts'
import type { TraceCase } from './trace-format.ts'
import { nameOf, runTrace, type TraceRun } from './trace-topology.ts'

/**
 * The Runtime's loop against core, queue, gate and scheduler of our topology, in virtual time.
 *
 * Maps: the Core's calls in order, each with its Event, what it dispatched and its obligation; the
 * failing call; what is queued, under way, working and pending at the end.
 * Does not map: `wait` (nothing polls here: time is a message), `dispatch` and `ingest` (the
 * adapter's answer is Events of their own), positions (ours count those too), return codes beyond
 * data and time-outs, and the end of a run for want of progress.
 */
export const judgeTraces = (cases: readonly TraceCase[], counts: RuleCounts): Tally =>
  judgeCases(cases, ({ name }) => name, answer, counts)

const KNOWN_CODES = new Set([0, 1, 2, 3])

export const TRACE_RULES: { readonly [id: string]: string } = {
  'trace/rate-after-end':
    'D-007: after the last row rate recovery is still realised, so queued work leaves',
  'trace/due-with-market':
    'DESIGN 8 Order of a step: what a Market Event at the due time releases needs no Control-Time Event',
}

function answer(trace: TraceCase): Answer {
  const codes = trace.venue_script.map(([, code]) => code)
  const calls = trace.trace.some(({ op }) => op === 'core' || op === 'core_failure')
  if (!calls || codes.some((code) => !KNOWN_CODES.has(code))) return 'withoutCounterpart'
  const run = runTrace(trace)
  const expected = { calls: expectedCalls(trace), final: finalOf(trace) }
  const found = { calls: foundCalls(trace, run), final: foundFinal(trace, run) }
  const rule = ruleFor(trace)
  return rule === null ? { expected, found } : { expected, found, rule }
}

function ruleFor({ collapse_wakeup, final }: TraceCase): string | null {
  if (collapse_wakeup) return 'trace/due-with-market'
  return final.pending_due_ns !== null ? 'trace/rate-after-end' : null
}

function expectedCalls({ trace }: TraceCase): Json[] {
  const calls: Json[] = []
  for (const operation of trace) {
    if (operation.op === 'core_failure') calls.push({ failed: operation.event![1] })
    if (operation.op !== 'core') continue
    const { events = [], dispatchable = [], obligation_due_ns = null } = operation
    calls.push({
      event: events.map(([, type]) => type).join('+'),
      dispatchable,
      due: obligation_due_ns,
    })
  }
  return calls
}

function foundCalls(trace: TraceCase, { turns, failedAt }: TraceRun): Json[] {
  const calls: Json[] = turns.map(({ event, result }) => ({
    event,
    dispatchable: result.dispatches.map(nameOf),
    due: dueOf(trace, result.obligation?.due),
  }))
  if (failedAt !== null) calls.push({ failed: failedAt })
  return calls
}

const dueOf = ({ base_ns }: TraceCase, due: number | undefined): string | null =>
  due === undefined ? null : String(BigInt(base_ns) + BigInt(due))

const finalOf = ({ final: { queue, inflight, working, pending_due_ns } }: TraceCase): Json => ({
  queue,
  inflight,
  working,
  pending: pending_due_ns,
})

function foundFinal(trace: TraceCase, { core, turns }: TraceRun): Json {
  const { orders, inflight, work } = core.state.execution
  return {
    queue: [...work.queue.values()].map(({ sendAs, key }) => nameOf({ kind: sendAs, key })),
    inflight: [...inflight.values()].map(nameOf),
    working: [...orders.open()].map(({ key }) => String.fromCodePoint(key)),
    pending: dueOf(trace, turns.at(-1)?.result.obligation?.due),
  }
}
