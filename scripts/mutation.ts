import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { acceptedMutants } from '../test/mutation/accepted.ts'
import { type MutationModule, mutationModules } from '../test/mutation/modules.ts'
import { instrument, type Mutant } from './mutation/instrument.ts'
import { judge } from './mutation/judge.ts'
import { chooseModule, isAccepted } from './mutation/score.ts'
import { copyWorkingTree, linkDependencies, workingFiles } from './working-copy.ts'

/**
 * Mutation tests: `npm run mutation -- <module>` changes one place of the module's sources after
 * the other and asks whether its tests notice. Prints the score and what survived, and ends with 1
 * below 85 %. `--rotating` takes the recorded module whose turn it is by the number of commits, `--write`
 * puts the figures into test/mutation/scores.json; without a module the modules are listed.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const NEEDED_PERCENT = 85
const say = (line: string): boolean => process.stdout.write(`${line}\n`)

const args = process.argv.slice(2)
const name = args.includes('--rotating')
  ? chooseModule(root, recordedModules())
  : args.find((argument) => !argument.startsWith('--'))
const module = name === undefined ? undefined : mutationModules[name]
if (name === undefined || module === undefined) {
  for (const [each, { sources }] of Object.entries(mutationModules)) {
    say(`${each.padEnd(18)} ${sources.join(' ')}`)
  }
  process.exitCode = name === undefined ? 0 : 2
} else {
  process.exitCode = await run(name, module)
}

/** Modules with a recorded score: what has been reached once has to hold. */
function recordedModules(): readonly string[] {
  const scores: object = JSON.parse(readFileSync(join(root, 'test/mutation/scores.json'), 'utf8'))
  return Object.keys(mutationModules).filter((each) => Object.hasOwn(scores, each))
}

async function run(name: string, { sources, tests }: MutationModule): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'escapement-mutation-'))
  const started = Date.now()
  try {
    copyWorkingTree(root, directory)
    linkDependencies(root, directory)
    const mutants = await instrument(directory, workingFiles(root, ...sources))
    // In the order of the list, each file once.
    const files = new Set(tests.flatMap((pattern) => workingFiles(root, pattern)))
    const { killed, reached } = await judge(directory, [...files])
    const survivors = mutants.filter(({ id }) => !killed.has(id))
    for (const mutant of survivors) say(describe(mutant, reached.has(mutant.id)))
    const score = Math.floor((1000 * killed.size) / mutants.length) / 10
    const accepted = survivors.filter((mutant) => isAccepted(mutant)).length
    const seconds = Math.round((Date.now() - started) / 1000)
    say(`${name}: ${score} %, ${killed.size} of ${mutants.length} killed in ${seconds} s`)
    say(`${survivors.length} survived, ${accepted} of them listed as equivalent`)
    for (const stale of acceptedMutants.filter(({ file }) => sourceHas(file, mutants))) {
      if (!survivors.some((mutant) => isAccepted(mutant, [stale]))) {
        say(`listed, but not alive: ${stale.file}: ${stale.original} -> ${stale.replacement}`)
      }
    }
    if (args.includes('--write')) record(name, mutants.length, killed.size, score)
    return score >= NEEDED_PERCENT ? 0 : 1
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function sourceHas(file: string, mutants: readonly Mutant[]): boolean {
  return mutants.some((mutant) => mutant.file === file)
}

function describe(mutant: Mutant, isReached: boolean): string {
  const state = isAccepted(mutant) ? 'equivalent' : isReached ? 'SURVIVED' : 'NOT REACHED'
  const { file, line, at, original, replacement } = mutant
  return `${state} ${file}:${line}  ${at}\n    ${original}  ->  ${replacement}`
}

function record(name: string, mutants: number, killed: number, score: number): void {
  const path = join(root, 'test/mutation/scores.json')
  const scores: Record<string, unknown> = JSON.parse(readFileSync(path, 'utf8'))
  scores[name] = { mutants, killed, score, command: `npm run mutation -- ${name}` }
  const known = Object.keys(mutationModules).filter((each) => scores[each] !== undefined)
  const ordered = Object.fromEntries(known.map((each) => [each, scores[each]]))
  writeFileSync(path, `${JSON.stringify(ordered, null, 2)}\n`)
}
