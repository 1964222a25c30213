import { type RunnerTestCase, type SerializedConfig, TestRunner } from 'vitest'
import { type Note, type Notes, readNotes, write } from './notes.ts'
import { coverage, type Hits, survives, switches } from './switches.ts'

const path = process.env.ESCAPEMENT_MUTATION_NOTES ?? ''
const note = (each: Note): void => write(path, each)

/**
 * Runs each test as it is, and then once more for every living mutant that it reaches, in the same
 * process: what a mutant costs is then the time of a test, and not the start of a runner. A mutant
 * in code that runs at load alone is not seen here; it is noted for the runner of load-runner.ts.
 */
export default class MutationRunner extends TestRunner {
  readonly #killed: Set<string>
  readonly #spared: Notes['spared']
  #hasLoaded = false
  /** Whether a mutant has changed what outlives a test of this file. */
  #isSpoilt = false

  constructor(config: SerializedConfig) {
    super(config)
    note({ begins: process.pid })
    const { killed, spared } = readNotes(path)
    this.#killed = killed
    this.#spared = spared
  }

  async runTask(test: RunnerTestCase): Promise<void> {
    const body = repeatable(test)
    if (!this.#hasLoaded) {
      this.#postpone(Object.keys(coverage.static), test)
      this.#hasLoaded = true
    }
    const started = performance.now()
    const hits = await this.#reached(body)
    const takes = performance.now() - started
    const living = Object.entries(hits).filter(([id]) => !this.#killed.has(id))
    if (this.#isSpoilt)
      return this.#postpone(
        living.map(([id]) => id),
        test,
      )
    const killed: string[] = []
    for (const [id, count] of living) {
      // Asked before a mutant ended the run: the run that goes on takes up where that one stopped.
      if (this.#spared.get(id)?.has(test.id) === true) continue
      note({ tries: id, takes })
      if (await survives(body, id, 1000 + count * 5)) {
        note({ spares: id, by: test.id })
        continue
      }
      this.#killed.add(id)
      killed.push(id)
      note({ kills: id })
    }
    if (killed.length > 0) await this.#again(body, killed, test)
  }

  async #reached(body: () => unknown): Promise<Hits> {
    delete coverage.perTest.it
    switches.currentTestId = 'it'
    try {
      await body()
    } catch (error) {
      if (!this.#isSpoilt) throw error
    }
    switches.currentTestId = 'none'
    return coverage.perTest.it ?? {}
  }

  /** What a mutant leaves behind must not be held against another one, nor against the tests. */
  async #again(body: () => unknown, killed: readonly string[], test: RunnerTestCase) {
    try {
      await body()
    } catch {
      this.#isSpoilt = true
      for (const id of killed) {
        this.#killed.delete(id)
        note({ withdraws: id })
      }
      this.#postpone(killed, test)
    }
  }

  /** Leaves mutants to the other runner, which loads everything anew for each. */
  #postpone(ids: readonly string[], test: RunnerTestCase): void {
    for (const id of ids) note({ loads: id, file: test.file.filepath })
  }
}

/**
 * The body of a test, to be run as often as there are mutants. Each run of it hangs a listener on
 * the test's one signal; here it goes with the run, so that they do not pile up.
 */
function repeatable(test: RunnerTestCase): () => Promise<void> {
  const body = TestRunner.getTestFn(test)
  const { signal } = test.context
  const listen = signal.addEventListener.bind(signal)
  let run = new AbortController()
  signal.addEventListener = (...[type, listener]: Parameters<typeof listen>) =>
    listen(type, listener, { signal: run.signal })
  return async () => {
    run = new AbortController()
    try {
      await body()
    } finally {
      run.abort()
    }
  }
}
