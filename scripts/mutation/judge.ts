import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the runner in test/mutation says while it works, one note a line. */
export type Note =
  | { readonly tries: string }
  | { readonly kills: string }
  | { readonly withdraws: string }
  /** A mutant that was reached while `file` was loaded, before any of its tests. */
  | { readonly loads: string; readonly file: string }

/** A mutant that keeps one test busy for so long never ends. */
const STALL_MS = 20_000

export type Verdicts = {
  readonly killed: ReadonlySet<string>
  readonly reached: ReadonlySet<string>
}

/** Judges every mutant of the instrumented copy at `directory` by `tests`. */
export async function judge(directory: string, tests: readonly string[]): Promise<Verdicts> {
  const notes = join(directory, 'mutation-notes.jsonl')
  writeFileSync(notes, '')
  await judgeTogether(directory, tests, notes)
  const { killed, reached, loads } = readNotes(notes)
  // Code that runs at load has run before a mutant is switched on: one run of its own for each.
  for (const [id, files] of loads) {
    if (killed.has(id)) continue
    const code = await vitest(directory, [...files], { __STRYKER_ACTIVE_MUTANT__: id })
    if (code !== 0) killed.add(id)
  }
  return { killed, reached }
}

/** All mutants in one run; one that never ends is noted as killed, and the rest starts again. */
async function judgeTogether(
  directory: string,
  tests: readonly string[],
  notes: string,
): Promise<void> {
  for (;;) {
    const code = await vitest(directory, tests, { ESCAPEMENT_MUTATION_NOTES: notes }, notes)
    if (code === 0) return
    if (code !== null) throw new Error('the tests fail without a mutant, or after one')
    const { last } = readNotes(notes)
    if (last === undefined) throw new Error('the tests stall without a mutant')
    appendFileSync(notes, `${JSON.stringify({ kills: last } satisfies Note)}\n`)
  }
}

/** Exit code of one run; null when `watched` did not grow for too long. */
async function vitest(
  directory: string,
  tests: readonly string[],
  env: Readonly<Record<string, string>>,
  watched?: string,
): Promise<number | null> {
  const program = join(directory, 'node_modules/vitest/vitest.mjs')
  const config = join(directory, 'test/mutation/vitest.config.ts')
  const args = [program, 'run', '--config', config, '--bail', watched === undefined ? '1' : '0']
  const child = spawn(process.execPath, args, {
    cwd: directory,
    env: { ...process.env, ...env, ESCAPEMENT_MUTATION_TESTS: JSON.stringify(tests) },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  const said: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => said.push(part))
  const timer = setInterval(() => {
    if (watched !== undefined && Date.now() - statSync(watched).mtimeMs > STALL_MS) end(child)
  }, 1000)
  const limit = watched === undefined ? setTimeout(() => end(child), 2 * STALL_MS) : undefined
  const [code] = (await once(child, 'exit')) as [number | null]
  clearInterval(timer)
  clearTimeout(limit)
  // Without a mutant the tests must pass; what they said is the reader's only clue.
  if (watched !== undefined && code !== null && code !== 0)
    process.stderr.write(Buffer.concat(said))
  return code
}

/** The runner's workers go with it. */
function end(child: ChildProcess): void {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
}

function readNotes(path: string): Verdicts & {
  readonly killed: Set<string>
  readonly loads: ReadonlyMap<string, ReadonlySet<string>>
  /** The mutant that was tried last. */
  readonly last: string | undefined
} {
  const killed = new Set<string>()
  const reached = new Set<string>()
  const loads = new Map<string, Set<string>>()
  let last: string | undefined
  for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
    const each: Note = JSON.parse(line)
    if ('tries' in each) {
      last = each.tries
      reached.add(last)
    } else if ('kills' in each) killed.add(each.kills)
    else if ('withdraws' in each) killed.delete(each.withdraws)
    else {
      reached.add(each.loads)
      loads.set(each.loads, (loads.get(each.loads) ?? new Set()).add(each.file))
    }
  }
  return { killed, reached, loads, last }
}
