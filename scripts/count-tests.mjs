// Adds up vitest's JSON reports, and a failure for every leg that ended badly without a failed test
// of its own: a linter, a compiler, a crash. Usage: count-tests.mjs <status>:<report>...
import { existsSync, readFileSync } from 'node:fs'

let passed = 0
let failed = 0
let skipped = 0
for (const leg of process.argv.slice(2)) {
  const [, status, report] = /^(\d+):(.+)$/.exec(leg)
  const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {}
  const failedHere = counts.numFailedTests ?? 0
  passed += counts.numPassedTests ?? 0
  skipped += (counts.numPendingTests ?? 0) + (counts.numTodoTests ?? 0)
  failed += failedHere > 0 || status === '0' ? failedHere : 1
}
const tail = skipped > 0 ? `, ${skipped} skipped` : ''
process.stdout.write(`${passed} passed, ${failed} failed${tail}\n`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
