/**
 * Policy and Execution Control are apart: neither knows the other, and each has a suite that runs
 * with the other deleted. That is checked by what the suites need: a file that is not among it
 * cannot matter to them.
 */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { importClosure, packagesOf } from '../../kit/import-closure.ts'

const core = fileURLToPath(new URL('../../../core', import.meta.url))
const modules = (folder: string) =>
  readdirSync(`${core}/${folder}`).map((file) => `core/${folder}/${file}`)
const within = (entry: string, folder: string) =>
  [...importClosure(entry)].filter((path) => path.startsWith(`core/${folder}/`))

describe.each([
  ['risk', 'execution-control'],
  ['execution-control', 'risk'],
] as const)('core/%s without core/%s', (one, other) => {
  test.each(modules(one))('%s does not need it, directly or by anything it imports', (path) => {
    expect(within(path, other)).toEqual([])
  })

  test('its own suite runs with it deleted', () => {
    const suite = `test/core/apart/${one}.test.ts`
    expect(within(suite, one).length).toBeGreaterThan(2)
    expect(within(suite, other)).toEqual([])
    // The Core as a package would bring both along.
    expect([...packagesOf(suite)].sort()).toEqual(['@escapement/machines', 'vitest'])
  })
})

test('the check sees what it is for: the step needs both', () => {
  expect(within('core/core.ts', 'risk').length).toBeGreaterThan(2)
  expect(within('core/core.ts', 'execution-control').length).toBeGreaterThan(2)
})
