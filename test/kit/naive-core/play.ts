import type { CoreEvent, StepResult } from '@escapement/core'
import { Duel } from './duel.ts'
import type { Session } from './session.ts'
import { World } from './world.ts'

export type Played = {
  readonly events: number
  readonly dispatches: number
  readonly refused: number
  /** Every reason of a denial or closure and kind of anomaly, as often as it came up. */
  readonly reasons: readonly string[]
}

/** Gives one session to both Cores, as far as `maxEvents`, and throws where they differ. */
export function playBoth(session: Session, maxEvents = 150): Played {
  const duel = new Duel(session.configuration, session.scripts)
  const world = new World(session, duel.naive)
  const reasons: string[] = []
  let dispatches = 0
  let late: CoreEvent[] = []
  const run = (events: readonly CoreEvent[]): void => {
    for (const event of events) {
      if (duel.stream.length >= maxEvents) return
      const due = late
      late = []
      const result = duel.feed(event)
      if (result !== null) {
        world.took(event, result)
        dispatches += result.dispatches.length
        reasons.push(...reasonsOf(result))
      }
      run(due)
      if (result === null) continue
      run(disabling(result, world))
      const records = [...world.recordsOf(result.dispatches), ...auditsOf(session, result, world)]
      if (session.lateRecords) late.push(...records)
      else run(records)
    }
  }
  run([{ type: 'control.sessionStarted', time: world.time, seed: 1 }])
  for (const move of session.moves) run(world.eventsOf(move))
  return { events: duel.stream.length, dispatches, refused: duel.refused, reasons }
}

const reasonsOf = ({ denials, closures, anomalies, failures }: StepResult): string[] => [
  ...failures.map(({ stage }) => `${stage} failed`),
  ...denials.map(({ reason, scope }) => `${scope} ${reason}`),
  ...closures.map(({ reason }) => reason),
  ...anomalies.map(({ kind }) => kind),
]

/** Whoever failed is asked no more, as the Runtime sees to at once. */
const disabling = ({ failures }: StepResult, { time }: World): CoreEvent[] =>
  failures.map(({ strategy }) => ({
    type: 'control.strategyDisabled',
    time,
    strategy,
    reason: 'failed',
  }))

function auditsOf(session: Session, { denials, anomalies }: StepResult, world: World): CoreEvent[] {
  if (!session.audits) return []
  const { time } = world
  const rejected = denials.map((denial) => ({ type: 'intent.rejected' as const, time, ...denial }))
  return [...rejected, ...anomalies]
}
