// Adds up vitest's JSON reports and texts that end with a count, and a failure for every leg that ended badly without a failed test
// of its own: a linter, a compiler, a crash. Usage: count-tests.mjs <status>:<report>...
import { existsSync, readFileSync } from 'node:fs'

let passed = 0
let failed = 0
let skipped = 0
for (const leg of process.argv.slice(2)) {
  const [, status, report] = /^(\d+):(.+)$/.exec(leg)
  const counts = existsSync(report) ? countsOf(report) : {}
  const failedHere = counts.numFailedTests ?? 0
  passed += counts.numPassedTests ?? 0
  skipped += (counts.numPendingTests ?? 0) + (counts.numTodoTests ?? 0)
  failed += failedHere > 0 || status === '0' ? failedHere : 1
}

/** A JSON report of vitest, or a text whose last line counts. */
function countsOf(report) {
  const text = readFileSync(report, 'utf8')
  if (!report.endsWith('.txt')) return JSON.parse(text)
  const [, ok, bad] = /(\d+) passed, (\d+) failed\s*$/.exec(text) ?? []
  return { numPassedTests: Number(ok ?? 0), numFailedTests: Number(bad ?? 0) }
}

const tail = skipped > 0 ? `, ${skipped} skipped` : ''
process.stdout.write(`${passed} passed, ${failed} failed${tail}\n`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
