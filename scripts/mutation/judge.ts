import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Notes, readNotes, write } from '../../test/mutation/notes.ts'

/** A mutant that keeps one test busy for so long never ends: at least, at most, and by the test. */
const STALL_MS = { least: 5_000, most: 20_000, times: 50 }
/** Without a mutant being tried a run starts, loads or tests what is whole: slow, but not endless. */
const PATIENCE_MS = 300_000

/** Judges every mutant of the instrumented copy at `directory` by `tests`, in two passes. */
export async function judge(directory: string, tests: readonly string[]): Promise<Notes> {
  const notes = join(directory, 'mutation-notes.jsonl')
  writeFileSync(notes, '')
  await runAll(directory, tests, notes, 'runner.ts')
  // Code that runs at load has run before a mutant is switched on: those are loaded anew.
  if (readNotes(notes).loads.size > 0) await runAll(directory, tests, notes, 'load-runner.ts')
  return readNotes(notes)
}

/**
 * One run for all mutants. One that ends its process (it spends all memory, say), or never ends, is
 * killed, and the rest goes on.
 */
async function runAll(
  directory: string,
  tests: readonly string[],
  notes: string,
  runner: string,
): Promise<void> {
  for (;;) {
    const known = readNotes(notes).fatal.size
    const { code, said } = await vitest(directory, tests, notes, runner)
    if (code === 0) return
    const { last, fatal } = readNotes(notes)
    if (last !== undefined) write(notes, { kills: last })
    else if (fatal.size === known) {
      // Without a mutant the tests must pass; what they said is the reader's only clue.
      process.stderr.write(said)
      throw new Error(
        `the tests ${code === null ? 'stall' : 'fail'} without a mutant, or after one`,
      )
    }
  }
}

/** What a run said, and its exit code; null when the notes did not grow for too long. */
async function vitest(
  directory: string,
  tests: readonly string[],
  notes: string,
  runner: string,
): Promise<{ readonly code: number | null; readonly said: Buffer }> {
  const program = join(directory, 'node_modules/vitest/vitest.mjs')
  const args = [program, 'run', '--config', join(directory, 'test/mutation/vitest.config.ts')]
  const child = spawn(process.execPath, args, {
    cwd: directory,
    env: {
      ...process.env,
      ESCAPEMENT_MUTATION_NOTES: notes,
      ESCAPEMENT_MUTATION_RUNNER: runner,
      ESCAPEMENT_MUTATION_TESTS: JSON.stringify(tests),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const said: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => said.push(part))
  child.stderr.on('data', (part: Buffer) => said.push(part))
  const started = Date.now()
  const timer = setInterval(() => {
    const quiet = Date.now() - Math.max(started, statSync(notes).mtimeMs)
    if (quiet > STALL_MS.least && quiet > limitOf(readNotes(notes))) end(child)
  }, 1000)
  const [code] = (await once(child, 'exit')) as [number | null]
  clearInterval(timer)
  return { code, said: Buffer.concat(said) }
}

/** For how long a run may say nothing, in ms. */
function limitOf({ last, takes }: Notes): number {
  if (last === undefined) return PATIENCE_MS
  const { least, most, times } = STALL_MS
  return takes === undefined ? most : Math.min(most, Math.max(least, takes * times))
}

/** The runner's workers go with it. */
function end(child: ChildProcess): void {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
}
