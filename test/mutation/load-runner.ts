import { describe, type RunnerTestCase, type SerializedConfig, TestRunner, vi } from 'vitest'
import { type Notes, readNotes, write } from './notes.ts'
import { survives, switches } from './switches.ts'

const path = process.env.ESCAPEMENT_MUTATION_NOTES ?? ''
const HITS = 10_000_000

/**
 * Judges the mutants in code that runs at load: loads the sources and each test file anew with the
 * mutant switched on, once for each, and runs the tests until one fails.
 */
export default class LoadRunner extends TestRunner {
  readonly #notes: Notes

  constructor(config: SerializedConfig) {
    super(config)
    write(path, { begins: process.pid })
    this.#notes = readNotes(path)
  }

  override importFile(filepath: string, source: 'collect' | 'setup'): unknown {
    return source === 'setup' ? super.importFile(filepath, source) : this.#collect(filepath)
  }

  #collect(filepath: string): void {
    for (const [id, files] of this.#notes.loads) {
      if (this.#notes.killed.has(id) || !files.has(filepath)) continue
      describe(`mutant ${id}`, async () => {
        write(path, { tries: id })
        vi.resetModules()
        // Left on: the suites below are collected after the file has been loaded.
        switches.activeMutant = id
        switches.hitCount = 0
        switches.hitLimit = HITS
        try {
          await super.importFile(filepath, 'collect')
          write(path, { spares: id, by: 'load' })
        } catch {
          this.#kill(id)
        }
      })
    }
  }

  async runTask(test: RunnerTestCase): Promise<void> {
    const id = mutantOf(test)
    if (this.#notes.killed.has(id)) return
    write(path, { tries: id })
    switches.currentTestId = 'none'
    if (await survives(TestRunner.getTestFn(test), id, HITS))
      write(path, { spares: id, by: test.id })
    else this.#kill(id)
  }

  #kill(id: string): void {
    this.#notes.killed.add(id)
    write(path, { kills: id })
  }
}

/** The name of the outermost suite tells which mutant a test was loaded with. */
function mutantOf(test: RunnerTestCase): string {
  let { suite } = test
  while (suite?.suite !== undefined) suite = suite.suite
  return suite?.name.replace('mutant ', '') ?? ''
}
