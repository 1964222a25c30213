import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { writeTree } from './kit/cruise.ts'
import { root, run } from './kit/repository.ts'
import { temporary } from './kit/workbench.ts'

/** The closing line of CI: it must count every leg, and be red when anything was. */
const { directory, remove } = temporary('ci')
afterAll(remove)
const report = (numPassedTests: number, numFailedTests: number, numPendingTests = 0): string =>
  JSON.stringify({ numPassedTests, numFailedTests, numPendingTests, numTodoTests: 0 })
writeTree(directory, {
  'green.json': report(10, 0),
  'other.json': report(5, 0, 2),
  'red.json': report(7, 3),
  'empty.json': report(0, 0),
})

test.each([
  [['0:green.json'], '10 passed, 0 failed', 0],
  [['0:green.json', '0:other.json'], '15 passed, 0 failed, 2 skipped', 0],
  [['0:green.json', '1:red.json'], '17 passed, 3 failed', 1],
  // A linter that stops the first leg leaves no report, and is a failure all the same.
  [['1:missing.json', '0:green.json'], '10 passed, 1 failed', 1],
  // All tests passed, and the leg ended badly: a crash after the last test.
  [['137:green.json'], '10 passed, 1 failed', 1],
  [['0:empty.json'], '0 passed, 0 failed', 1],
])('legs %j are counted as %j', (legs, line, code) => {
  const found = run(process.execPath, [join(root, 'scripts/count-tests.mjs'), ...legs], {
    cwd: directory,
  })
  expect([found.stdout, found.code]).toEqual([`${line}\n`, code])
})

test('.ci/run and the second leg are sound shell, and stop at the first error', () => {
  for (const script of ['.ci/run', 'scripts/test-node24.sh']) {
    expect(run('bash', ['-n', join(root, script)])).toMatchObject({ code: 0, stderr: '' })
  }
})
