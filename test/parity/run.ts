import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CodedError } from '@escapement/core'
import { runDirectory } from './run-directory.ts'

/**
 * `npm run parity -- [dir] [--data DIR] [--only TEXT] [--share I/N]`: every recorded run of a parity
 * directory through the whole session. Exit 0 all equal, 1 a difference, 2 nothing that can be run.
 */
const repository = fileURLToPath(new URL('../..', import.meta.url))
const fixtures = resolve(repository, process.env.ESCAPEMENT_FIXTURES ?? '../shared')

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      only: { type: 'string', default: '' },
      share: { type: 'string', default: '0/1' },
    },
  })
  const directory = resolve(positionals[0] ?? resolve(fixtures, 'parity'))
  const dataDir = resolve(values.data ?? resolve(directory, '../data/binance'))
  const [index = 0, of = 1] = values.share.split('/').map(Number)
  let [passed, failed] = [0, 0]
  for (const { name, facts, problems } of runDirectory(directory, {
    dataDir,
    only: values.only,
    share: { index, of },
  })) {
    if (problems.length === 0) passed++
    else failed++
    process.stdout.write(`${problems.length === 0 ? 'ok  ' : 'DIFF'} ${name}: ${facts}\n`)
    for (const problem of problems) process.stdout.write(`     ${problem}\n`)
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  process.exitCode = failed > 0 ? 1 : passed > 0 ? 0 : 2
} catch (thrown) {
  if (!(thrown instanceof CodedError)) throw thrown
  process.stderr.write(`parity: ${thrown.message}\n`)
  process.exitCode = 2
}
