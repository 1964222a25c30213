import { readFileSync } from 'node:fs'
import { type CoreEvent, formatOrderKey } from '@escapement/core'
import { parse } from 'yaml'
import { noQuirks } from '../actors/fill-simulator/quirks.ts'
import { runBacktest } from '../runtime/backtest.ts'
import { calibrate } from '../runtime/calibrate/calibrate.ts'
import { staysOf } from '../runtime/calibrate/stays.ts'
import { drawCalibration } from '../runtime/cli/draw-calibration.ts'
import { prepareConfig } from '../runtime/cli/prepare-backtest.ts'
import { checkConfig } from '../runtime/config/read-config.ts'

/** The picture that the commands of docs/calibration.md draw, from the configuration it shows. */
export async function drawCalibrationPicture(page: URL): Promise<string> {
  const [, text] = /```yaml title="resting.yaml"\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8'))!
  const config = checkConfig(parse(text!), 'docs/calibration.md')
  const { definition } = await prepareConfig(config, 'docs/calibration.md')
  const events: CoreEvent[] = []
  runBacktest(definition, { onStep: ({ event }) => events.push(event) })
  const { feed, venue, configuration, name } = definition
  const grounds = feed.map((channel, i) => {
    return { channel, rules: venue.instruments[i]!, quirks: venue.quirks ?? noQuirks }
  })
  const { time } = feed[0]!.exchange
  const nameOf = (key: number) => formatOrderKey(key, configuration.namespaces)
  return drawCalibration(name, calibrate(grounds, staysOf(events, nameOf, time.at(-1)!)))
}
