import type { ErrorFacts } from '@escapement/core'
import { placed } from '../config/placing.ts'
import { type BacktestConfig, strategiesOf } from '../config/schema.ts'
import { type LoadedStrategy, loadStrategy, type ModuleLoader } from './load-strategy.ts'

/**
 * Loads every strategy of a configuration, in order of evaluation.
 * @throws ESC_STRATEGY_LOAD, ESC_STRATEGY_SHAPE, ESC_STRATEGY_PARAMS, of several saying which
 */
export async function loadStrategies(
  config: BacktestConfig,
  configFile: string,
  load?: ModuleLoader,
): Promise<readonly LoadedStrategy[]> {
  const loaded: LoadedStrategy[] = []
  for (const { module, params } of strategiesOf(config)) {
    try {
      loaded.push(await loadStrategy(module, params, configFile, load))
    } catch (cause) {
      throw placed(cause, placeOf(config, loaded.length))
    }
  }
  return loaded
}

/** Where one of several strategies stands: it knows itself as the `strategy` of a configuration. */
export function placeOf({ strategies }: BacktestConfig, index: number) {
  return ({ field = 'strategy.module' }: ErrorFacts): ErrorFacts => {
    if (strategies === undefined) return {}
    const isPath = /^strategy\.(module|params)/.test(field)
    const at = `strategies[${index}]`
    return { field: isPath ? at + field.slice('strategy'.length) : `${at}, ${field}` }
  }
}
