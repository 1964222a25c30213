import { CodedError } from '@escapement/core'

/** Steps into a configuration: keys of objects and indices of lists. */
export type ConfigPath = readonly (string | number)[]

/** "data[0].synthetic.seed" and "strategies.1.params.qtyLots" as steps. */
const stepsOf = (key: string): readonly string[] => key.replace(/\[(\d+)\]/g, '.$1').split('.')

/**
 * The path that a dotted key names in an effective configuration, defaults filled in.
 * @throws ESC_SWEEP_KEY saying how far the key leads and what there is
 */
export function pathOf(config: unknown, key: string): ConfigPath {
  const path: (string | number)[] = []
  let value = config
  for (const step of stepsOf(key)) {
    const isList = Array.isArray(value)
    const keys = typeof value === 'object' && value !== null ? Object.keys(value) : []
    if (!keys.includes(step)) throw unknownKey(key, path, keys)
    path.push(isList ? Number(step) : step)
    value = (value as Readonly<Record<string, unknown>>)[step]
  }
  return path
}

function unknownKey(key: string, path: ConfigPath, keys: readonly string[]): CodedError {
  const at = path.length === 0 ? 'the configuration' : path.join('.')
  return new CodedError('ESC_SWEEP_KEY', {
    field: `experiment.sweeps.${key}`,
    found: `nothing of that name in ${at}`,
    needed: keys.length === 0 ? 'a path that ends there' : `one of ${keys.join(', ')}`,
    hint: 'write the field with the value that the sweep replaces',
  })
}

export const valueAt = (config: unknown, path: ConfigPath): unknown =>
  path.reduce((value, step) => (value as Readonly<Record<string | number, unknown>>)[step], config)

/** The configuration with another value at one place; what is beside the path is shared. */
export function withValue<T>(config: T, path: ConfigPath, value: unknown): T {
  const [step, ...rest] = path
  if (step === undefined) return value as T
  const inner = withValue((config as Readonly<Record<string | number, unknown>>)[step], rest, value)
  if (Array.isArray(config)) return config.map((item, i) => (i === step ? inner : item)) as T
  return { ...config, [step]: inner }
}

/** What JSON calls it; a sweep may change a value and not its kind. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'list' : typeof value
}
