import { appendFileSync, readFileSync } from 'node:fs'

/** What the runners say while they work, one note a line; scripts/mutation/judge.ts reads it. */
export type Note =
  /** A process begins, by its id: each test file has one of its own. */
  | { readonly begins: number }
  /** A mutant, and what its test takes without it in ms, where that is known. */
  | { readonly tries: string; readonly takes?: number }
  | { readonly kills: string }
  /** A mutant that a test, by its id, did not notice. */
  | { readonly spares: string; readonly by: string }
  | { readonly withdraws: string }
  /** A mutant that was reached while `file` was loaded, before any of its tests. */
  | { readonly loads: string; readonly file: string }

export function write(path: string, note: Note): void {
  appendFileSync(path, `${JSON.stringify(note)}\n`)
}

export type Notes = {
  readonly killed: Set<string>
  readonly reached: Set<string>
  /** Tests by the mutants that they did not notice: they need not be asked again. */
  readonly spared: Map<string, Set<string>>
  /** Files by the mutants that they load. */
  readonly loads: Map<string, Set<string>>
  /** The mutant that is being tried: what stalls or breaks then does so by it. */
  readonly last: string | undefined
  /** What the test that it is tried with takes without it in ms, where that is known. */
  readonly takes: number | undefined
  /** Mutants that ended the process they were tried in, and with it the tests that were to follow. */
  readonly fatal: Set<string>
}

export function readNotes(path: string): Notes {
  const killed = new Set<string>()
  const reached = new Set<string>()
  const spared = new Map<string, Set<string>>()
  const loads = new Map<string, Set<string>>()
  const fatal = new Set<string>()
  let last: string | undefined
  let takes: number | undefined
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue
    const note: Note = JSON.parse(line)
    if ('begins' in note) {
      // One file is run after the other, so the process before this one has ended.
      if (last !== undefined) fatal.add(last)
      last = undefined
    } else if ('tries' in note) {
      last = note.tries
      takes = note.takes
      reached.add(last)
    } else if ('kills' in note) {
      killed.add(note.kills)
      last = undefined
    } else if ('spares' in note) {
      add(spared, note.spares, note.by)
      last = undefined
    } else if ('withdraws' in note) killed.delete(note.withdraws)
    else {
      reached.add(note.loads)
      add(loads, note.loads, note.file)
    }
  }
  for (const id of fatal) killed.add(id)
  return { killed, reached, spared, loads, last, takes, fatal }
}

const add = (to: Map<string, Set<string>>, key: string, value: string): unknown =>
  to.set(key, (to.get(key) ?? new Set()).add(value))
