import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Writes what the examples print beside them, and a golden summary of each configuration. To be run when
 * a change of the hashes is intended, before `scripts/write-docs.ts`:
 * `node --conditions=source --import tsx scripts/write-docs-examples.ts`
 */
const root = fileURLToPath(new URL('../', import.meta.url))

/** What of a summary must be equal on every machine; times, memory and paths are a machine's own. */
export const REPRODUCIBLE = [
  'status',
  'name',
  'seed',
  'rows',
  'events',
  'decisions',
  'orders',
  'fills',
  'positionLots',
  'balance',
  'fee',
  'equity',
  'denials',
  'closures',
  'instruments',
  'strategies',
  'eventLogHash',
  'stateHash',
  'configFingerprint',
  'dataHash',
  'topologyHash',
] as const

/** Where the golden summary of a configuration of `examples/` lies. */
export const goldenOf = (config: string): string =>
  `test/examples/${basename(config, '.yaml')}.golden.json`

/** Whether a configuration is that of an experiment, which `sweep` runs and `backtest` does not. */
export const isExperiment = (config: string): boolean =>
  /^experiment:/m.test(readFileSync(join(root, config), 'utf8'))

/** Where the golden table of results of an experiment of `examples/` lies. */
export const goldenTableOf = (config: string): string =>
  goldenOf(config).replace('golden.json', 'golden.csv')

/** Those fields of a summary that `backtest --json` printed. */
export function reproducible(json: string): Record<string, unknown> {
  const summary = JSON.parse(json) as Record<string, unknown>
  return Object.fromEntries(REPRODUCIBLE.map((field) => [field, summary[field]]))
}

function stdoutOf(args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
  return stdout
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of readdirSync(join(root, 'examples'))) {
    if (!name.endsWith('.out')) continue
    const file = join('examples', name.replace(/out$/, 'ts'))
    const printed = stdoutOf(['--conditions=source', '--import', 'tsx', file])
    writeFileSync(join(root, 'examples', name), printed)
  }
  for (const name of readdirSync(join(root, 'examples'))) {
    if (name.endsWith('.yaml')) writeGolden(join('examples', name))
  }
}

function writeGolden(config: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'escapement-golden-'))
  const out = join(folder, 'run')
  const command = isExperiment(config) ? 'sweep' : 'backtest'
  const printed = stdoutOf(['bin/escapement.mjs', command, config, '--json', '--out', out])
  if (isExperiment(config)) {
    copyFileSync(join(out, 'results/results.csv'), join(root, goldenTableOf(config)))
  } else {
    const summary = reproducible(printed)
    writeFileSync(join(root, goldenOf(config)), `${JSON.stringify(summary, null, 2)}\n`)
  }
  rmSync(folder, { recursive: true })
}
