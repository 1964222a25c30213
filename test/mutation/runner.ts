import { appendFileSync, readFileSync } from 'node:fs'
import { type RunnerTestCase, TestRunner } from 'vitest'
import type { Note } from '../../scripts/mutation/judge.ts'

/** What the instrumented sources look at and write; their generator fixes the names. */
type Switchboard = {
  activeMutant?: string | undefined
  currentTestId?: string | undefined
  hitCount?: number
  hitLimit?: number
  mutantCoverage?: Coverage
}
type Hits = Record<string, number>
type Coverage = { readonly static: Hits; readonly perTest: Record<string, Hits> }

const scope = globalThis as { __stryker__?: Switchboard }
scope.__stryker__ ??= {}
const switches = scope.__stryker__
switches.mutantCoverage ??= { static: {}, perTest: {} }
const coverage = switches.mutantCoverage
const notes = process.env.ESCAPEMENT_MUTATION_NOTES ?? ''
const note = (each: Note): void => appendFileSync(notes, `${JSON.stringify(each)}\n`)

/**
 * Runs each test as it is, and then once more for every living mutant that it reaches, in the same
 * process: what a mutant costs is then the time of a test, and not the start of a runner. A mutant
 * in code that runs at load alone is not seen here; it is noted, and judged by itself.
 */
export default class MutationRunner extends TestRunner {
  readonly #done = readDone()

  async runTask(test: RunnerTestCase): Promise<void> {
    const body = TestRunner.getTestFn(test)
    for (const id of Object.keys(coverage.static)) {
      if (!this.#done.has(id)) note({ loads: id, file: test.file.filepath })
    }
    const hits = await this.#reached(body)
    const killed: string[] = []
    for (const [id, count] of Object.entries(hits)) {
      if (this.#done.has(id)) continue
      note({ tries: id })
      if (await survives(body, id, count)) continue
      this.#done.add(id)
      killed.push(id)
      note({ kills: id })
    }
    if (killed.length === 0) return
    // A mutant may leave something behind that the next one is then blamed for.
    try {
      await body()
    } catch {
      for (const id of killed) note({ withdraws: id })
      throw new Error('a mutant changed what outlives a test')
    }
  }

  async #reached(body: () => unknown): Promise<Hits> {
    delete coverage.perTest.it
    switches.currentTestId = 'it'
    await body()
    switches.currentTestId = 'none'
    return coverage.perTest.it ?? {}
  }
}

async function survives(body: () => unknown, id: string, hits: number): Promise<boolean> {
  switches.hitCount = 0
  switches.hitLimit = 1000 + hits * 5
  switches.activeMutant = id
  try {
    await body()
    return true
  } catch {
    return false
  } finally {
    switches.activeMutant = undefined
  }
}

function readDone(): Set<string> {
  const done = new Set<string>()
  for (const line of readFileSync(notes, 'utf8').split('\n')) {
    if (line === '') continue
    const each: Note = JSON.parse(line)
    if ('kills' in each) done.add(each.kills)
  }
  return done
}
