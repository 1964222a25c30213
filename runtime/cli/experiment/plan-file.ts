import { resolve } from 'node:path'
import type { ErrorFacts } from '@escapement/core'
import { fileHash, readBytes } from '../../../adapters/market-data/files.ts'
import { placed } from '../../config/placing.ts'
import {
  type Draft,
  draftExperiment,
  inputsNamed,
  type Plan,
  planExperiment,
} from '../../experiment/plan.ts'
import { pointPlace } from '../../experiment/points.ts'
import { readExperiment } from '../../experiment/read-experiment.ts'
import { loadStrategies } from '../load-strategies.ts'
import { loadModule, type ModuleLoader } from '../load-strategy.ts'
import { baseOf } from '../prepare-backtest.ts'
import { codeIdentity } from './code-identity.ts'

/** A plan and the folder that relative paths in it start from. */
export type PlannedFile = { readonly plan: Plan; readonly base: string }

/**
 * Plans the experiment of a file. Data are identified by their bytes and not decoded; strategies are
 * loaded, and each takes the parameters of every point.
 * @throws CodedError of the file, a sweep, a point, the data or a strategy: nothing is written
 */
export async function planFile(file: string, maxRuns?: number): Promise<PlannedFile> {
  try {
    const draft = draftExperiment(readExperiment(file), maxRuns)
    const load = remembering(loadModule)
    await bindEveryPoint(draft, file, load)
    const { files, modules } = inputsNamed(draft)
    const base = baseOf(file)
    const hashes = files.map((path) => [path, fileHash(readBytes(resolve(base, path)))] as const)
    const strategies = await Promise.all(
      modules.map(async (module) => [module, (await load(module, file)).identity] as const),
    )
    const inputs = {
      files: Object.fromEntries(hashes),
      strategies: Object.fromEntries(strategies),
    }
    return { plan: planExperiment(draft, inputs, codeIdentity()), base }
  } catch (cause) {
    throw placed(cause, ({ file: own = file }: ErrorFacts) => ({
      file: own === 'the experiment' ? file : own,
    }))
  }
}

/** @throws ESC_STRATEGY_PARAMS naming the point whose parameters a strategy refuses */
async function bindEveryPoint(
  { points, grid }: Draft,
  file: string,
  load: ModuleLoader,
): Promise<void> {
  for (const point of points) {
    try {
      await loadStrategies(point.config, file, load)
    } catch (cause) {
      throw placed(cause, pointPlace(grid.axes, point))
    }
  }
}

/** Each module is loaded once, by its name in configurations of one folder. */
export function remembering(load: ModuleLoader): ModuleLoader {
  const loaded = new Map<string, ReturnType<ModuleLoader>>()
  return (module, configFile) => {
    const before = loaded.get(module) ?? load(module, configFile)
    loaded.set(module, before)
    return before
  }
}
