/**
 * What is mutated together, and the tests that speak about it. Every file of the Core and of the
 * machines' compiler belongs to exactly one module; patterns are those of git. A module is small
 * enough for a run of a few minutes on two cores.
 */
export type MutationModule = {
  readonly sources: readonly string[]
  readonly tests: readonly string[]
}

/** A sample of the fuzz test: all of it takes too long for so many mutants. */
const compilerTests = [
  'test/machines/compile-refuses.test.ts',
  'test/machines/compile-settled.test.ts',
  'test/machines/compile-sample.test.ts',
  'test/machines/compile.test.ts',
]

export const mutationModules: Readonly<Record<string, MutationModule>> = {
  books: {
    sources: [
      'core/book/book.ts',
      'core/book/level-digest.ts',
      'core/book/sorted-book.ts',
      'core/book/tick-bitmap.ts',
    ],
    tests: ['test/core/book-levels.test.ts', 'test/core/book.test.ts'],
  },
  recordings: {
    sources: [
      'core/book/apply-row.ts',
      'core/book/book-recording.ts',
      'core/book/level-history.ts',
      'core/book/recorded-book.ts',
      'core/book/stretch.ts',
    ],
    tests: ['test/core/recorded-book.test.ts', 'test/core/stretch.test.ts'],
  },
  log: {
    sources: ['core/log/crc32c.ts', 'core/log/log-record.ts'],
    tests: ['test/core/log-record.test.ts'],
  },
  'order-rows': {
    sources: [
      'core/book/level-view.ts',
      'core/book/level-writer.ts',
      'core/book/order-book.ts',
      'core/book/order-numbers.ts',
    ],
    tests: ['test/core/level-view.test.ts'],
  },
  'window-book': {
    sources: ['core/book/window-book.ts'],
    tests: ['test/core/book-levels.test.ts', 'test/core/book.test.ts'],
  },
  'compiler-reads': {
    sources: [
      'machines/compiler/compile-error.ts',
      'machines/compiler/guards.ts',
      'machines/compiler/node.ts',
      'machines/compiler/refuse.ts',
    ],
    tests: compilerTests,
  },
  'compiler-plans': {
    sources: [
      'machines/compiler/assigns.ts',
      'machines/compiler/plan.ts',
      'machines/compiler/program.ts',
    ],
    tests: compilerTests,
  },
  'compiler-charts': {
    sources: ['machines/compile.ts', 'machines/compiler/chart.ts', 'machines/compiler/run.ts'],
    tests: compilerTests,
  },
  codec: {
    sources: ['core/codec.ts', 'core/event-codec.ts', 'core/plain-data.ts', 'core/order-terms.ts'],
    tests: [
      'test/core/codec.test.ts',
      'test/core/boundary.test.ts',
      'test/core/event-codec.test.ts',
    ],
  },
  numbers: {
    sources: [
      'core/configuration.ts',
      'core/decimal.ts',
      'core/digest.ts',
      'core/errors.ts',
      'core/instrument.ts',
      'core/money.ts',
      'core/orders.ts',
      'core/random.ts',
      'core/units.ts',
    ],
    tests: [
      'test/core/numbers.test.ts',
      'test/core/decimal-money.test.ts',
      'test/core/strategy-random.test.ts',
      'test/core/event-codec.test.ts',
    ],
  },
  intake: {
    sources: [
      'core/intake.ts',
      'core/account-events.ts',
      'core/events.ts',
      'core/market-rows.ts',
      'core/market-view.ts',
    ],
    tests: [
      'test/core/refusals.test.ts',
      'test/core/boundary.test.ts',
      'test/core/event-codec.test.ts',
    ],
  },
  decide: {
    sources: [
      'core/check-decision.ts',
      'core/decide.ts',
      'core/intents.ts',
      'core/strategy.ts',
      'core/view.ts',
    ],
    tests: [
      'test/core/decision-refused.test.ts',
      'test/core/evaluation.test.ts',
      'test/core/several-strategies*.test.ts',
      'test/core/strategy-*.test.ts',
      'test/core/view.test.ts',
      'test/core/session-draining.test.ts',
      'test/conformance/core-defects.test.ts',
    ],
  },
  step: {
    sources: ['core/core.ts', 'core/index.ts', 'core/step-digest.ts', 'core/step-result.ts'],
    tests: [
      'test/core/step-stages.test.ts',
      'test/core/step-commit.test.ts',
      'test/core/step-digest.test.ts',
      'test/core/boundary.test.ts',
      'test/core/inflight.test.ts',
      'test/core/queue-processing.test.ts',
      'test/core/reduce.test.ts',
      'test/core/risk.test.ts',
      'test/core/session-draining.test.ts',
      'test/core/state-digest.test.ts',
      'test/core/strategy-*.test.ts',
      'test/conformance/core-defects.test.ts',
    ],
  },
  commands: {
    sources: ['core/commands/*.ts'],
    tests: [
      'test/core/build-intents.test.ts',
      'test/core/pending-overlay.test.ts',
      'test/core/strategy-contract.test.ts',
      'test/core/dominance.test.ts',
      'test/core/inflight.test.ts',
      'test/core/queue-processing.test.ts',
      'test/core/state-*.test.ts',
      'test/core/view.test.ts',
    ],
  },
  risk: {
    sources: ['core/risk/*.ts'],
    tests: [
      'test/core/apart/risk*.test.ts',
      'test/core/own-limits.test.ts',
      'test/core/own-losses.test.ts',
      'test/core/risk*.test.ts',
      'test/conformance/core-defects.test.ts',
    ],
  },
  rules: {
    sources: ['core/rules/*.ts'],
    tests: [
      'test/core/rate-rules.test.ts',
      'test/core/risk-rules.test.ts',
      'test/core/rate-capacity.test.ts',
      'test/core/risk*.test.ts',
      'test/core/own-limits.test.ts',
      'test/core/several-rates.test.ts',
    ],
  },
  'execution-control': {
    sources: ['core/execution-control/*.ts'],
    tests: [
      'test/core/dominance.test.ts',
      'test/core/inflight.test.ts',
      'test/core/queue-processing.test.ts',
      'test/core/rate-capacity.test.ts',
      'test/core/apart/execution-control.test.ts',
      'test/core/several-rates.test.ts',
      'test/conformance/core-defects.test.ts',
    ],
  },
  reduce: {
    sources: ['core/reduce/*.ts'],
    tests: [
      'test/core/reduce-*.test.ts',
      'test/core/reduce.test.ts',
      'test/core/own-changes.test.ts',
      'test/core/own-losses.test.ts',
      'test/core/order-lifecycle.test.ts',
      'test/core/inflight.test.ts',
      'test/core/session-draining.test.ts',
      'test/core/risk-loss.test.ts',
      'test/conformance/core-defects.test.ts',
    ],
  },
  state: {
    sources: ['core/invariants.ts', 'core/state/*.ts'],
    tests: [
      'test/core/invariants-named.test.ts',
      'test/core/equity.test.ts',
      'test/core/restore-refused.test.ts',
      'test/core/state-queue.test.ts',
      'test/core/invariants.test.ts',
      'test/core/own-changes.test.ts',
      'test/core/own-restore.test.ts',
      'test/core/state-*.test.ts',
      'test/core/order-lifecycle.test.ts',
      'test/core/queue-processing.test.ts',
      'test/core/reduce.test.ts',
      'test/core/risk-loss.test.ts',
    ],
  },
}
