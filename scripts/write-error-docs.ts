import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { errorCatalog } from '@escapement/core'

/**
 * Writes docs/errors.md from the catalogue, so that the page and the code cannot tell two stories.
 * Run it with `npm run docs:errors`; a test fails when the page drifts.
 */
const groups: readonly (readonly [title: string, prefix: RegExp])[] = [
  ['Configuration', /^ESC_CONFIG_/],
  ['Market data', /^ESC_DATA_/],
  ['npz files', /^ESC_NPZ_/],
  ['Binance captures', /^ESC_BINANCE_/],
  ['Columnar datasets', /^ESC_DATASET_/],
  ['Strategies', /^ESC_STRATEGY_/],
  ['Storage', /^ESC_STORAGE_/],
  ['Everything else', /^ESC_/],
]

const introduction = `# Errors

Every coded error, generated from \`core/errors.ts\` by \`npm run docs:errors\`.

A code is stable: programs may match on it. It stands first in the message, and after it where the
trouble is, what was found and what was needed:

    ESC_CONFIG_DECIMAL: A decimal in the configuration is not written as a plain decimal.; at
    run.yaml, instruments.BTCUSDT.tickSize; found 0.01; needed a plain decimal in quotes

With \`--json\` the same facts are the fields of one object. Bad input ends with exit code 2 and
nothing half-written; a failure during a run ends with exit code 1 and keeps the run directory.
A broken promise of our own code has no code of its own: it is an assertion, the run halts where it
broke, and \`--json\` calls it \`ESC_INTERNAL\`.
`

/** The page as text: a table a group, each code in the first group that fits it. */
export function errorPage(catalog: Readonly<Record<string, string>>): string {
  const left = new Map(Object.entries(catalog))
  const sections = groups.map(([title, prefix]) => {
    const rows = [...left].filter(([code]) => prefix.test(code))
    for (const [code] of rows) left.delete(code)
    if (rows.length === 0) return ''
    const lines = rows.map(([code, meaning]) => `| \`${code}\` | ${meaning.replace('|', '\\|')} |`)
    return ['', `## ${title}`, '', '| code | meaning |', '| --- | --- |', ...lines, ''].join('\n')
  })
  return introduction + sections.join('')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = fileURLToPath(new URL('../docs/errors.md', import.meta.url))
  writeFileSync(page, errorPage(errorCatalog))
}
