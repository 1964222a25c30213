import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const root = resolve(repository, process.env.ESCAPEMENT_FIXTURES ?? '../shared')
const available = existsSync(resolve(root, 'data'))

if (!available) {
  process.stderr.write(`fixtures: none at ${root} (ESCAPEMENT_FIXTURES); their tests are skipped\n`)
}

/** Real market data that is not part of the repository. Tests that need it skip where it is absent. */
export const fixtures = {
  available,
  /** Full path of a fixture, for example `data/binance/usdm_btcusdt_20240808.npz`. */
  path: (name: string): string => resolve(root, name),
}
