import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** The files that scripts/mutation.ts asks for. */
const include: string[] = JSON.parse(process.env.ESCAPEMENT_MUTATION_TESTS ?? '[]')

/** A property that is run a thousand times is good for one mutant, and hours for all of them. */
const fewerRuns: Plugin = {
  name: 'fewer-runs',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('.test.ts') ? code.replace(/\bnumRuns: \d[\d_]*/g, 'numRuns: 10') : undefined,
}

/** Fast tests stand first in a module's list: what they kill, slow ones need not run for. */
class AsListed extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      include.findIndex((path) => moduleId.endsWith(path))
    return files.sort((a, b) => place(a) - place(b))
  }
}

/** As the repository's own configuration, for a copy of it whose sources hold mutants. */
export default defineConfig({
  root,
  plugins: [fewerRuns],
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] } },
  test: {
    include,
    setupFiles: [`${root}test/mutation/fixed-seed.ts`],
    testTimeout: 60_000,
    pool: 'forks',
    sequence: { sequencer: AsListed },
    maxWorkers: 1,
    fileParallelism: false,
    reporters: ['dot'],
    runner: `${root}test/mutation/${process.env.ESCAPEMENT_MUTATION_RUNNER ?? 'runner.ts'}`,
    // A file whose mutants are all dead has no test left.
    passWithNoTests: true,
  },
})
