import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Core } from '@escapement/core'
import { fillSimulator } from '../actors/fill-simulator.actor.ts'
import { newCounters } from '../actors/monitor.actor.ts'
import { type BacktestDefinition, runBacktest } from '../runtime/backtest.ts'
import { equityCsv, fillsCsv } from '../runtime/cli/artifacts.ts'
import { prepareBacktest } from '../runtime/cli/prepare-backtest.ts'
import { EventLog } from '../runtime/event-log/event-log.ts'
import { session } from '../runtime/session.ts'
import { drawCalibrationPicture } from './draw-calibration-picture.ts'
import { drawRun } from './draw-run.ts'
import { drawTopologyPicture } from './draw-topology.ts'

/**
 * Draws docs/images from the code: the topology from its own description, the run by running
 * examples/02, the calibration by what docs/calibration.md says. Run it with `node --conditions=source --import tsx scripts/draw-pictures.ts`; a test
 * fails when a picture drifts.
 */
const root = new URL('../', import.meta.url)

/** Every picture as SVG text, by its path. */
export async function drawPictures(): Promise<ReadonlyMap<string, string>> {
  const config = fileURLToPath(new URL('examples/02-market-maker.yaml', root))
  const { definition } = await prepareBacktest(config, {})
  const { recording } = runBacktest(definition)
  const { instruments, namespaces } = definition.configuration
  const tables = {
    fills: fillsCsv(recording, instruments, namespaces, definition.origin),
    equity: equityCsv(recording, instruments, definition.origin),
  }
  return new Map([
    ['docs/images/topology.svg', drawTopologyPicture(sessionOf(definition).describe())],
    ['docs/images/run.svg', drawRun('examples/02-market-maker.yaml', tables)],
    [
      'docs/images/calibration.svg',
      await drawCalibrationPicture(new URL('docs/calibration.md', root)),
    ],
  ])
}

/** The session that a backtest would run, not started. */
function sessionOf(definition: BacktestDefinition) {
  const { configuration, strategies, feed, origin, venue, seed, context, name } = definition
  return session(
    { origin, feed, venue: fillSimulator(venue), journal: new EventLog() },
    {
      name,
      core: new Core(configuration, strategies),
      seed,
      context,
      recording: { fills: [], equity: [] },
      counters: newCounters(),
    },
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(new URL('docs/images/', root), { recursive: true })
  for (const [path, svg] of await drawPictures()) writeFileSync(new URL(path, root), svg)
}
