import { defineConfig } from 'vitest/config'

/** Tests that build, pack, install or run documents: minutes, not seconds. */
const slow = [
  'test/house/packages.test.ts',
  'test/house/container.test.ts',
  'test/house/docs.test.ts',
  'test/house/docs-harness.test.ts',
]
const report = process.env.ESCAPEMENT_TEST_REPORT

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] } },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // CI asks for a count that does not depend on how a reporter words its summary.
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: slow,
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { name: 'house', include: slow, testTimeout: 900_000, hookTimeout: 900_000 },
      },
    ],
  },
})
