import { z } from 'zod'
import { checkConfig, parsed, readDocument } from '../config/read-config.ts'
import type { BacktestConfig } from '../config/schema.ts'
import { type ExperimentBlock, experimentBlock } from './experiment-schema.ts'

/** An experiment, checked: the backtest that it varies, defaults filled in, and how. */
export type Experiment = {
  readonly config: BacktestConfig
  readonly experiment: ExperimentBlock
}

/**
 * Reads and checks the file of an experiment, JSON or YAML.
 * @throws ESC_CONFIG_READ and its sisters, naming the file and the field or line
 */
export const readExperiment = (file: string): Experiment =>
  checkExperiment(readDocument(file), file)

/** @throws ESC_CONFIG_INVALID and its sisters for the first field that is wrong */
export function checkExperiment(value: unknown, file: string): Experiment {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value)
  const { experiment, ...config } = (isMapping ? value : {}) as Readonly<Record<string, unknown>>
  const block = parsed(z.strictObject({ experiment: experimentBlock }), { experiment }, file)
  return { config: checkConfig(config, file), experiment: block.experiment }
}
