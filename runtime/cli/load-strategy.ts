import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  CodedError,
  instantiate,
  messageOf,
  type Strategy,
  type StrategyInstance,
} from '@escapement/core'
import { build } from 'esbuild'
import { tsImport } from 'tsx/esm/api'
import { codedOf } from '../../actors/coded.ts'
import { strategy as marketMaker } from '../strategies/market-maker.ts'

/** A strategy that is not bound to parameters yet. */
export type StrategyModule = {
  readonly strategy: Strategy
  /** SHA-256 of the bundled source without paths and comments, or the name of a built-in one. */
  readonly identity: string
}

export type LoadedStrategy = {
  readonly instance: StrategyInstance
  /** That of its module. */
  readonly identity: string
}

const BUILT_IN: Readonly<
  Record<string, { readonly strategy: Strategy; readonly version: number }>
> = { 'builtin:market-maker': { strategy: marketMaker as unknown as Strategy, version: 1 } }

/** How a strategy module is found; by default it is read anew each time. */
export type ModuleLoader = (module: string, configFile: string) => Promise<StrategyModule>

/**
 * Loads the strategy module of a configuration and binds its parameters.
 * @throws ESC_STRATEGY_LOAD, ESC_STRATEGY_SHAPE, ESC_STRATEGY_PARAMS
 */
export async function loadStrategy(
  module: string,
  params: unknown,
  configFile: string,
  load: ModuleLoader = loadModule,
): Promise<LoadedStrategy> {
  const { strategy, identity } = await load(module, configFile)
  const place = Object.hasOwn(BUILT_IN, module) ? module : resolve(dirname(configFile), module)
  return { instance: bindStrategy(strategy, params, place), identity }
}

/** @throws ESC_STRATEGY_LOAD, ESC_STRATEGY_SHAPE */
export async function loadModule(module: string, configFile: string): Promise<StrategyModule> {
  const builtIn = Object.hasOwn(BUILT_IN, module) ? BUILT_IN[module] : undefined
  if (builtIn !== undefined) {
    return { strategy: builtIn.strategy, identity: `${module}@${builtIn.version}` }
  }
  const file = resolve(dirname(configFile), module)
  if (module.startsWith('builtin:') || !existsSync(file)) {
    throw new CodedError('ESC_STRATEGY_LOAD', {
      field: 'strategy.module',
      found: module.startsWith('builtin:') ? module : `no file ${file}`,
      needed: `a module file, or one of ${Object.keys(BUILT_IN).join(', ')}`,
    })
  }
  const exported = await importModule(file)
  return { strategy: shapeOf(exported, file), identity: await identityOf(file) }
}

/** TypeScript or JavaScript, on every supported Node. */
async function importModule(file: string): Promise<Record<string, unknown>> {
  try {
    const url = pathToFileURL(file).href
    const isTypeScript = /\.[cm]?ts$/.test(file)
    return (await (isTypeScript ? tsImport(url, import.meta.url) : import(url))) as Record<
      string,
      unknown
    >
  } catch (cause) {
    const [found = ''] = messageOf(cause).split('\n')
    const isOutside = /Cannot find (module|package) '(@escapement\/|escapement)/.test(found)
    const hint = 'keep the module in a folder from which Node finds escapement, such as the clone'
    throw new CodedError('ESC_STRATEGY_LOAD', isOutside ? { file, found, hint } : { file, found }, {
      cause,
    })
  }
}

/** @throws ESC_STRATEGY_SHAPE saying which part of the contract is missing */
function shapeOf(exported: Record<string, unknown>, file: string): Strategy {
  const { strategy } = exported
  const missing = (field: string, found: unknown, needed: string) =>
    new CodedError('ESC_STRATEGY_SHAPE', { file, field, found: typeOf(found), needed })
  if (strategy === null || typeof strategy !== 'object') {
    throw missing('export strategy', strategy, 'an object made by defineStrategy')
  }
  const parts = strategy as Readonly<Record<string, unknown>>
  if (typeof parts.name !== 'string') throw missing('strategy.name', parts.name, 'a string')
  for (const part of ['init', 'decide'] as const) {
    if (typeof parts[part] !== 'function')
      throw missing(`strategy.${part}`, parts[part], 'a function')
  }
  for (const part of ['params', 'reduce'] as const) {
    if (parts[part] !== undefined && typeof parts[part] !== 'function') {
      throw missing(`strategy.${part}`, parts[part], 'a function or nothing')
    }
  }
  return strategy as Strategy
}

const typeOf = (value: unknown): string => (value === undefined ? 'nothing' : typeof value)

function bindStrategy(strategy: Strategy, params: unknown, file: string): StrategyInstance {
  try {
    return instantiate(strategy, params)
  } catch (cause) {
    const coded = codedOf(cause)
    if (coded !== null) throw coded
    const found = messageOf(cause)
    throw new CodedError(
      'ESC_STRATEGY_PARAMS',
      { file, field: 'strategy.params', found },
      { cause },
    )
  }
}

/**
 * The bundle is stripped of blanks and comments, so neither a path nor a remark changes it; the
 * project's own packages stay outside and are named by the software version of the run.
 */
async function identityOf(file: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      entryPoints: [file],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      minifyWhitespace: true,
      legalComments: 'none',
      external: ['escapement', '@escapement/*', 'xstate', 'rxjs', 'node:*'],
      logLevel: 'silent',
    })
    return createHash('sha256').update(outputFiles[0]!.contents).digest('hex')
  } catch (cause) {
    const found = messageOf(cause)
    throw new CodedError('ESC_STRATEGY_LOAD', { file, field: 'its bundle', found }, { cause })
  }
}
